using BluePlan.State.Storage;
using FluentAssertions;

namespace BluePlan.State.Conformance;

/// <summary>What the fixtures of locks share: leases that no test waits out by mistake, and short ones for those that do.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class LockFixture<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    /// <summary>Longer than anything here takes on a busy machine.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Type = "lock";

    private static readonly StateKey Pace = new(0, StateShape.Map, "pace", "one");

    /// <summary>Leases that last longer than any test.</summary>
    protected TimeSpan Long => Harness.TimeStandsStill ? Tick * 100 : TimeSpan.FromSeconds(30);

    /// <summary>The duration of leases that are to expire within a test.</summary>
    protected TimeSpan Short => TimeSpan.FromTicks(Math.Max(Tick.Ticks * 4, TimeSpan.TicksPerSecond));

    /// <summary>The locks of the first host.</summary>
    protected ILockManager Locks => State.Locks;

    /// <inheritdoc/>
    protected override void Configure(BluePlanStateBuilder builder) => builder.Configure(options => options.Locks.LeaseDuration = Long);

    /// <summary>A host whose leases are short, on a new store.</summary>
    protected Task StartWithShortLeasesAsync() => StartAsync(ShortLeases);

    /// <summary>Makes leases short.</summary>
    protected void ShortLeases(BluePlanStateBuilder builder) => builder.Configure(options => options.Locks.LeaseDuration = Short);

    /// <summary>Acquires a lock that must be free, and finds out where its lease lies.</summary>
    protected async Task<(ILockLease Lease, StateKey Key)> HoldAsync(string name = "lock")
    {
        StateKey? key = null;
        var hook = Provider.OnCommit;
        Provider.OnCommit = (commit, run) =>
        {
            key ??= commit.Operations.OfType<PutDocument>().FirstOrDefault(static put => put.Key.Type == Type)?.Key;
            return run();
        };
        var lease = await Locks.TryAcquireAsync(name);
        Provider.OnCommit = hook;
        lease.Should().NotBeNull("the lock is free");
        return (lease!, key!.Value);
    }

    /// <summary>The lease in the store; null = there is none.</summary>
    protected async Task<DocumentContent?> LeaseAsync(StateKey key) => await Provider.ReadAsync(new DocumentRead(key));

    /// <summary>As if somebody else had deleted a lease.</summary>
    protected async Task DeleteAsync(StateKey key) => await Provider.CommitAsync(new(new DeleteKey(key)), default);

    /// <summary>From now on nothing that the first host writes arrives.</summary>
    protected void CutOff() => Provider.OnCommit = static (_, _) => throw new StateUnavailableException("The test has cut the host off.", mayHaveBeenWritten: false);

    /// <summary>The first host reaches its store again.</summary>
    protected void Reconnect() => Provider.OnCommit = null;

    /// <summary>Lets a little time pass again and again until something holds.</summary>
    protected async Task UntilAsync(Func<ValueTask<bool>> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(Patience);
            await AdvanceAsync(0.05);
            if (!Harness.TimeStandsStill) continue;
            // A fake clock must not run away from those who go by it: a commit comes back behind those before it, and who was answered gets a moment of real time to go on.
            await Provider.Target.CommitAsync(new(new IncrementFields(Pace, [new("n", new long[] { 1 })])), default);
            await Task.Delay(1);
        }
    }

    /// <summary>Lets time pass until a call has ended.</summary>
    protected async Task<T> PassingAsync<T>(Task<T> call)
    {
        await UntilAsync(() => new(call.IsCompleted));
        return await call;
    }
}
