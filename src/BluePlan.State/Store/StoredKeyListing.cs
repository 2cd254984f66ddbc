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

        var members = await MembersAsync(pageSize + 1, place, cancellationToken).ConfigureAwait(false); // one more than a page tells whether there is another
        var next = members.Count > pageSize ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(members[pageSize - 1].Member)) : null;
        if (next is not null) members.RemoveAt(pageSize);
        if (members.Count == 0) return new([], null);

        var heads = await scope.Storage.ReadAsync([.. members.Select(m => new DocumentRead(new StoredKey(scope, category, m.Member).Value, headOnly: true))], cancellationToken).ConfigureAwait(false);
        return new([.. members.Where((_, i) => heads[i] is not null).Select(static m => m.Member)], next);
    }

    /// <summary>The next members of all partitions. Those that are no keys are removed; in a store that refuses that, all are read, so that none hides what follows.</summary>
    private async Task<List<IndexMember>> MembersAsync(int count, IndexMember? after, CancellationToken cancellationToken)
    {
        for (var limit = count; ;)
        {
            var reads = new StateRead[scope.Storage.PartitionCount];
            for (var partition = 0; partition < reads.Length; partition++) reads[partition] = new IndexRead(StoredKey.ListingOf(scope, partition, category), limit: limit, after: after);
            var pages = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
            var (strays, removed) = (false, true);
            for (var partition = 0; partition < reads.Length && limit == count; partition++)
            {
                if (pages[partition] is not IndexContent page || page.Members.All(StateTypes.DataKeys.IsMember!)) continue;
                strays = true;
                removed &= await new StrayMembers(scope, StateTypes.DataKeys).TryRemoveAsync(reads[partition].Key, page.Members, cancellationToken).ConfigureAwait(false);
            }
            if (!strays) return [.. pages.OfType<IndexContent>().SelectMany(static p => p.Members).Where(StateTypes.DataKeys.IsMember!).Order().Take(count)];
            if (!removed) limit = int.MaxValue;
        }
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
