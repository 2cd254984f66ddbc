using System.Runtime.ExceptionServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Compacts days that lose their quarter-hours and puts months by before their days expire.</summary>
/// <remarks>
/// What is cleaned up can no longer be written to, so the work comes out the same however often, by however many machines and after whatever crash it is done. How far a tenant of a
/// partition got is noted last, with the day as score; until then it is done again.
/// </remarks>
internal sealed class UsageCleaner(StateScope scope, UsageMemory memory)
{
    private const int CompactAfterDays = UsageRetention.QuarterDays + 1 + UsageRetention.Margin;

    /// <summary>Cleans up for all tenants when the scope is the default tenant, else for that tenant.</summary>
    public async Task<UsageCleanup> RunAsync(CancellationToken cancellationToken)
    {
        var partitions = scope.Storage.PartitionCount;
        var reads = new StateRead[2 * partitions];
        for (var p = 0; p < partitions; p++) (reads[2 * p], reads[2 * p + 1]) = (TenantsOf(p), new IndexRead(UsageKeys.Cleaned(p)));
        var contents = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);

        var (removed, kept, own) = (0L, 0L, (ExceptionDispatchInfo?)null);
        for (var p = 0; p < partitions; p++)
        {
            if (contents[2 * p] is not IndexContent tenants) continue;
            var cleaned = (contents[2 * p + 1] as IndexContent)?.Members.ToDictionary(static m => m.Member, static m => m.Score, StringComparer.Ordinal) ?? [];
            foreach (var member in await SoundAsync(p, tenants.Members, cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    var (r, k) = await RunAsync(p, member, cleaned.GetValueOrDefault(member), cancellationToken).ConfigureAwait(false);
                    (removed, kept) = (removed + r, kept + k);
                }
                catch (StateCorruptionException exception)
                {
                    // One tenant's damage ends the cleaning of no other.
                    if (UsageKeys.TenantOf(member) == scope.Tenant) own = ExceptionDispatchInfo.Capture(exception);
                    else UsageLog.NotCleanedUp(memory.Logger, exception, p);
                }
            }
        }
        own?.Throw();
        return new(removed, kept);
    }

    /// <summary>The members that name a tenant; the others are removed.</summary>
    private async Task<IEnumerable<string>> SoundAsync(int partition, IReadOnlyList<IndexMember> members, CancellationToken cancellationToken)
    {
        var (sound, strays) = (members.Where(StateTypes.UsageTenants.IsMember!).Select(static m => m.Member), members.Where(static m => !StateTypes.UsageTenants.IsMember!(m)).Select(static m => m.Member).ToArray());
        await StrayMembers.RemoveAsync(scope.Storage, UsageKeys.Tenants(partition), strays, memory.Logger, cancellationToken).ConfigureAwait(false);
        return sound;
    }

    private async Task<(long Removed, long Kept)> RunAsync(int partition, string member, long cleaned, CancellationToken cancellationToken)
    {
        var tenant = scope with { Tenant = UsageKeys.TenantOf(member) };
        var today = memory.Calendar.DayOf(await scope.NowAsync(cancellationToken).ConfigureAwait(false));
        var oldest = today.AddDays(-UsageRetention.Days);
        var last = today.AddDays(-CompactAfterDays);
        // A day ahead was never cleaned: somebody else wrote it, and it is replaced.
        var isFalse = cleaned > today.DayNumber + UsageRetention.Margin;
        var done = isFalse || cleaned < oldest.DayNumber ? oldest.AddDays(-1) : DateOnly.FromDayNumber((int)cleaned);
        if (done >= last) return (0, 0);

        var keys = new UsageKeys(tenant);
        var removed = await new UsageCompactor(tenant, keys, partition).RunAsync(done.AddDays(1), last, cancellationToken).ConfigureAwait(false);
        var kept = await new UsageRollup(tenant, keys, memory, partition).RunAsync(done.AddDays(CompactAfterDays), today, cancellationToken).ConfigureAwait(false);
        // Tenants without any usage left are forgotten; they register again with their next record.
        await scope.Storage.CommitAsync(new(
            new SetScores(UsageKeys.Cleaned(partition), [new(member, last.DayNumber)], onlyRaise: !isFalse),
            new RemoveScores(UsageKeys.Tenants(partition), 0, oldest.DayNumber - 1 - UsageRetention.Margin)), cancellationToken).ConfigureAwait(false);
        return (removed, kept);
    }

    private IndexRead TenantsOf(int partition) => scope.Tenant.Length == 0 ? new(UsageKeys.Tenants(partition)) : new(UsageKeys.Tenants(partition), [UsageKeys.TenantMember(scope.Tenant)]);
}
