using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Brings token usage that waits to be posted into a store of which a part is restored, so that it is counted once.</summary>
/// <remarks>
/// Everybody who asks for sums posts what waits, of all tenants, also in the middle of a restore. So what waits in the store is settled before its sums are replaced, and what comes is held back until they all are.
/// </remarks>
internal sealed class UnpostedUsageImport(StateStorage store, UsagePosting posting, BackupSelection selection, RestoreMode mode)
{
    private const int MembersAtOnce = 512;

    private readonly List<StateRecord> _heldBack = [];
    private readonly HashSet<StateKey> _sums = [];

    /// <summary>Before the first write: what waits in the store goes with its sums where all of them are replaced, else it is posted to them.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) =>
        !selection.Holds(StateParts.TokenUsage) || (mode is RestoreMode.Replace && selection.IsEverything) ? Task.CompletedTask
        : mode is RestoreMode.Replace && !selection.IsOfUser ? RemoveAsync(cancellationToken)
        : posting.PostAllAsync(selection.Partition is { } partition ? [partition] : [.. Enumerable.Range(0, selection.PartitionCount)], selection.Audience, cancellationToken);

    /// <summary>Whether a record is not to be written now.</summary>
    public bool HoldsBack(StateRecord record)
    {
        var type = StateTypes.Find(record.Key.Type, record.Key.Shape);
        if (type == StateTypes.UsagePending) _heldBack.Add(record);
        else if (mode is RestoreMode.Merge && UsageKeys.IsSum(type)) _sums.Add(record.Key);
        return type == StateTypes.UsagePending;
    }

    /// <summary>After the last write of the rest: what was held back begins to wait. Where others stay, a sum that the backup has only in what waits replaces the one that is there all the same, which may have it already.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, content, _) in _heldBack)
            foreach (var members in ((IndexContent)content).Members.Chunk(MembersAtOnce))
            {
                var operations = new List<StateOperation>();
                if (mode is RestoreMode.Merge) operations.AddRange(members.SelectMany(m => SumsOf(key.Partition, m)).Where(_sums.Add).Select(static sum => new DeleteKey(sum)));
                operations.Add(new SetScores(key, members));
                await store.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
            }
    }

    private IEnumerable<StateKey> SumsOf(int partition, IndexMember member) => PendingUsage.TryParse(member, out var usage) ? posting.SumsOf(partition, usage) : [];

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        StateKey[] keys = [.. Enumerable.Range(0, store.PartitionCount).Select(UsageKeys.Pending)];
        var waiting = await store.ReadAsync([.. keys.Select(static key => new IndexRead(key))], cancellationToken).ConfigureAwait(false);
        foreach (var (key, content) in keys.Zip(waiting))
            if (content is not null && selection.Take(new(key, content)) is { Content: IndexContent own })
                foreach (var members in own.Members.Chunk(MembersAtOnce))
                    await store.CommitAsync(new(new RemoveMembers(key, [.. members.Select(static m => m.Member)])), cancellationToken).ConfigureAwait(false);
    }
}
