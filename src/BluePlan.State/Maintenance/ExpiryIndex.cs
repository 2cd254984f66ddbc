using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Finds what has expired without looking at everything: in each partition one index of all tenants, whose scores are deadlines in Unix milliseconds. A score is a hint of when to
/// look, never the truth: something that was slid on since is alive, and a sweep moves its score.
/// </summary>
/// <remarks>
/// A member is removed only in a commit that finds its item dead, and moved only in one that finds it alive, so a sweep cannot undo what is written at the same time. An
/// item that lives without a deadline keeps its member too: whoever makes it permanent removes the member in that same commit.
/// </remarks>
internal sealed class ExpiryIndex(StateScope scope, StateType type)
{
    private const int PageSize = 128;
    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(1);

    /// <summary>The index of a partition.</summary>
    public StateKey Key(int partition) => new(partition, type.Shape, type.Name, "all");

    /// <summary>Says when to look at an item; null = never, then there is nothing to do.</summary>
    /// <param name="partition">The item's partition.</param>
    /// <param name="member">See <see cref="ExpiringItem.Member"/>.</param>
    /// <param name="expiry">What the same commit gives the item.</param>
    /// <param name="now">The store's time.</param>
    public SetScores? Set(int partition, string member, StateExpiry expiry, DateTimeOffset now) =>
        expiry.Resolve(now).Instant is { } deadline ? new(Key(partition), [new(member, deadline.ToUnixTimeMilliseconds())]) : null;

    /// <summary>When an item was to be looked at, which is when it expired as of its last write or sweep; null = it is not known.</summary>
    public async ValueTask<DateTimeOffset?> FindAsync(int partition, string member, CancellationToken cancellationToken) =>
        await scope.Storage.ReadAsync(new IndexRead(Key(partition), [member]), cancellationToken).ConfigureAwait(false) is { Members: [var noted] } ? DateTimeOffset.FromUnixTimeMilliseconds(noted.Score) : null;

    /// <summary>Forgets items, those that are not there too.</summary>
    public RemoveMembers Remove(int partition, params IReadOnlyList<string> members) => new(Key(partition), members);

    /// <summary>Drops every item that has expired: of all tenants when the scope is the default tenant, else of that tenant. Removes members that name nothing.</summary>
    /// <param name="find">What a member means: its partition and its parts, the tenant first; null = nothing that can lie there.</param>
    /// <param name="cancellationToken">Cancels between two commits.</param>
    /// <returns>How many items were dropped.</returns>
    public async Task<int> SweepAsync(Func<int, string[], ExpiringItem?> find, CancellationToken cancellationToken)
    {
        var due = (await scope.NowAsync(cancellationToken).ConfigureAwait(false)).ToUnixTimeMilliseconds();
        var reads = new StateRead[scope.Storage.PartitionCount];
        for (var partition = 0; partition < reads.Length; partition++) reads[partition] = Due(partition, due, null);
        var pages = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);

        var dropped = 0;
        for (var partition = 0; partition < reads.Length; partition++)
        {
            for (var page = (IndexContent?)pages[partition]; page is { Members.Count: > 0 };)
            {
                var (items, strays) = (new List<ExpiringItem>(), new List<string>());
                foreach (var member in page.Members)
                {
                    var parts = KeyText.Split(member.Member);
                    if (scope.Tenant.Length > 0 && parts[0] != scope.Tenant) continue;
                    if (type.IsMember?.Invoke(member) is not false && find(partition, parts) is { } item) items.Add(item);
                    else strays.Add(member.Member);
                }
                await StrayMembers.RemoveAsync(scope.Storage, Key(partition), strays, scope.Logger, cancellationToken).ConfigureAwait(false);
                dropped += await SweepAsync(partition, items, cancellationToken).ConfigureAwait(false);
                page = page.Members.Count < PageSize ? null
                    : await scope.Storage.ReadAsync(Due(partition, due, page.Members[^1]), cancellationToken).ConfigureAwait(false);
            }
        }
        return dropped;
    }

    /// <summary>Removes items from both indexes, with what remains of them, unless they turn out to be alive. Meant for items just found dead.</summary>
    /// <returns>How many had a member in this index.</returns>
    public async Task<int> DropAsync(int partition, IEnumerable<ExpiringItem> items, CancellationToken cancellationToken)
    {
        var dropped = 0;
        foreach (var chunk in items.Chunk(PageSize))
        {
            var result = await CommitAsync([.. chunk], static item => item.Heads, StateCondition.IfAbsent, dead =>
            [
                .. dead.SelectMany(static i => i.Remains).Distinct().Select(static key => new DeleteKey(key)),
                .. dead.GroupBy(static i => i.Listing, static i => i.ListingMember).Select(static g => new RemoveMembers(g.Key, [.. g.Distinct(StringComparer.Ordinal)])),
                Remove(partition, [.. dead.Select(static i => i.Member)]),
            ], cancellationToken).ConfigureAwait(false);
            dropped += (int)(result?.Results[^1].Count ?? 0);
        }
        return dropped;
    }

    private async Task<int> SweepAsync(int partition, List<ExpiringItem> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return 0;
        var heads = await scope.Storage.ReadAsync([.. items.SelectMany(static i => i.Heads).Select(Peek)], cancellationToken).ConfigureAwait(false);

        var again = await scope.NowAsync(cancellationToken).ConfigureAwait(false) + LookAgain;
        var (dead, alive, at) = (new List<ExpiringItem>(), new Dictionary<ExpiringItem, (StateKey Head, long Deadline)>(), 0);
        foreach (var item in items)
        {
            foreach (var head in item.Heads)
            {
                if (heads[at++] is not { } content) continue;
                var deadline = (content.Expiry.Instant ?? again).ToUnixTimeMilliseconds();
                if (!alive.TryGetValue(item, out var latest) || latest.Deadline < deadline) alive[item] = (head, deadline);
            }
            if (!alive.ContainsKey(item)) dead.Add(item);
        }

        await CommitAsync([.. alive.Keys], item => [alive[item].Head], StateCondition.IfExists,
            still => [new SetScores(Key(partition), [.. still.Select(i => new IndexMember(i.Member, alive[i].Deadline))], onlyRaise: true)], cancellationToken).ConfigureAwait(false);
        return await DropAsync(partition, dead, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Commits for those items of which all these keys meet the condition; the others are left out, one conflict at a time. Null when none is left.</summary>
    private async Task<CommitResult?> CommitAsync(List<ExpiringItem> items, Func<ExpiringItem, IReadOnlyList<StateKey>> keys, StateCondition condition, Func<List<ExpiringItem>, StateOperation[]> operations, CancellationToken cancellationToken)
    {
        while (items.Count > 0)
        {
            var checks = items.SelectMany(keys, (item, key) => (Item: item, Check: new CheckKey(key, condition))).ToArray();
            var result = await scope.Storage.CommitAsync(new([.. checks.Select(static c => c.Check), .. operations(items)]), cancellationToken).ConfigureAwait(false);
            if (result.Conflict is not { } conflict) return result;
            items.Remove(checks[conflict.Operation].Item);
        }
        return null;
    }

    private IndexRead Due(int partition, long due, IndexMember? after) => new(Key(partition), maximum: due, limit: PageSize, after: after);

    private static StateRead Peek(StateKey key) => key.Shape switch
    {
        StateShape.Document => new DocumentRead(key, headOnly: true),
        StateShape.Map => new MapRead(key, fields: []),
        StateShape.Log => new LogRead(key, limit: 0),
        _ => new IndexRead(key, limit: 0),
    };
}
