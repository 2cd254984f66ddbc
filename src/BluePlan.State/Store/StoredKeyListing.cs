using System.Buffers.Text;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The keys of a category in one order, though each partition lists its own: a page is the merge of every partition's next ones.</summary>
internal sealed class StoredKeyListing(StateScope scope, string category)
{
    public const int MaximumPageSize = 1_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async Task<StatePage<string>> ReadAsync(int pageSize, string? after, CancellationToken cancellationToken)
    {
        if (pageSize is < 1 or > MaximumPageSize) throw new ArgumentOutOfRangeException(nameof(pageSize), pageSize, $"A page holds 1 to {MaximumPageSize:N0} keys.");
        IndexMember? place = after is null ? null : new(Parse(after), 0);

        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var members = await MembersAsync(pageSize + 1, place, cancellationToken).ConfigureAwait(false); // one more than a page tells whether there is another
        var next = members.Count > pageSize ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(members[pageSize - 1].Member)) : null;
        if (next is not null) members.RemoveAt(pageSize);
        if (members.Count == 0) return new([], null);

        var heads = await scope.Storage.ReadAsync([.. members.Select(m => new DocumentRead(new StoredKey(scope, category, m.Member).Value, headOnly: true))], cancellationToken).ConfigureAwait(false);
        return new([.. members.Where((_, i) => heads[i] is not null).Select(static m => m.Member)], next);
    }

    /// <summary>The next keys of all partitions. What is no key is passed over.</summary>
    private async Task<List<IndexMember>> MembersAsync(int count, IndexMember? after, CancellationToken cancellationToken)
    {
        var reads = new IndexRead[scope.Storage.PartitionCount];
        for (var partition = 0; partition < reads.Length; partition++) reads[partition] = new(StoredKey.ListingOf(scope, partition, category), limit: count, after: after);
        var pages = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
        var members = new List<IndexMember>();
        for (var partition = 0; partition < reads.Length; partition++)
            if (pages[partition] is IndexContent page) members.AddRange(await KeysAsync(reads[partition], page, cancellationToken).ConfigureAwait(false));
        members.Sort();
        return members.Count > count ? members[..count] : members;
    }

    /// <summary>The keys of a partition's page, and as many of what follows as the others on it take the place of.</summary>
    private async ValueTask<IEnumerable<IndexMember>> KeysAsync(IndexRead read, IndexContent page, CancellationToken cancellationToken)
    {
        if (page.Members.All(StateTypes.DataKeys.IsMember!)) return page.Members;
        var (keys, limit) = (page.Members.Where(StateTypes.DataKeys.IsMember!).ToList(), read.Limit);
        for (IndexContent? next = page; keys.Count < read.Limit && next is { Members: [.., var last] members } && members.Count == limit;)
        {
            limit = MaximumPageSize;
            next = await scope.Storage.ReadAsync(new IndexRead(read.Key, limit: limit, after: last), cancellationToken).ConfigureAwait(false);
            keys.AddRange(next?.Members.Where(StateTypes.DataKeys.IsMember!) ?? []);
        }
        return keys;
    }

    private static string Parse(string after)
    {
        try
        {
            return StateName.Check(Strict.GetString(Base64Url.DecodeFromChars(after)));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new ArgumentException("It is not what a page gave as its next one.", nameof(after), exception);
        }
    }
}
