using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Locks while nothing goes wrong: one holder at a time, tokens that rise, and waiting.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class LockConformance<THarness> : LockFixture<THarness> where THarness : StateProviderHarness, new()
{
    private readonly MemoryBackupTarget _target = new();

    /// <inheritdoc/>
    protected override void Configure(BluePlanStateBuilder builder)
    {
        base.Configure(builder);
        builder.UseBackups(_ => _target);
    }

    [Test]
    public async Task AcquireAsync_StoreIsDisposedMeanwhile_EndsAtOnce()
    {
        await using var lease = await Locks.AcquireAsync("lock");
        var other = await JoinAsync();
        Task<ILockLease>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => other.Locks.AcquireAsync("lock"))];
        waiting.Should().OnlyContain(static w => !w.IsCompleted);

        await LeaveAsync(other);

        // Time does not pass here for those who go by a fake clock.
        foreach (var w in waiting) await FluentActions.Awaiting(() => w.WaitAsync(Patience / 3)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task TryAcquireAsync_Free_IsHeldAfterOneCommit()
    {
        await Locks.TryAcquireAsync("another");
        Provider.ResetCounts();

        await using var lease = await Locks.TryAcquireAsync("lock");

        (Provider.Commits, Provider.Reads).Should().Be((1, 0));
        lease!.Name.Should().Be("lock");
        lease.FencingToken.Should().BePositive();
        lease.IsHeld.Should().BeTrue();
        lease.Lost.IsCancellationRequested.Should().BeFalse();
    }

    [Test]
    public async Task TryAcquireAsync_Held_IsNullForEveryHost()
    {
        await using var lease = await Locks.AcquireAsync("lock");
        var other = await JoinAsync();

        (await Locks.TryAcquireAsync("lock")).Should().BeNull("a lock is not reentrant");
        (await other.Locks.TryAcquireAsync("lock")).Should().BeNull();
        lease.IsHeld.Should().BeTrue();
    }

    [Test]
    public async Task ReleaseAsync_Held_LetsAnotherInUnderAHigherToken()
    {
        var (first, key) = await HoldAsync();
        Provider.ResetCounts();

        (await first.ReleaseAsync()).Should().BeTrue();

        (Provider.Commits, Provider.Reads).Should().Be((1, 0));
        (first.IsHeld, first.Lost.IsCancellationRequested).Should().Be((false, true));
        (await LeaseAsync(key)).Should().BeNull();
        await using var second = await (await JoinAsync()).Locks.TryAcquireAsync("lock");
        second!.FencingToken.Should().BeGreaterThan(first.FencingToken);
        (await first.ReleaseAsync()).Should().BeFalse("it was released already");
        await first.DisposeAsync();
        second.IsHeld.Should().BeTrue();
        (await LeaseAsync(key)).Should().NotBeNull("what is another's stays");
        await first.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();
    }

    [Test]
    public async Task ExtendAsync_Held_BeginsAnewInOneCommit()
    {
        var (lease, key) = await HoldAsync();
        var before = (await LeaseAsync(key))!;
        await AdvanceAsync(0.1);
        Provider.ResetCounts();

        await lease.ExtendAsync();

        (Provider.Commits, Provider.Reads).Should().Be((1, 0));
        var after = (await LeaseAsync(key))!;
        after.Expiry.Instant.Should().BeAfter(before.Expiry.Instant!.Value);
        lease.IsHeld.Should().BeTrue();
        await lease.DisposeAsync();
    }

    [Test]
    public async Task AcquireAsync_HeldAllTheWhile_TimesOut()
    {
        await using var lease = await Locks.AcquireAsync("lock");
        var other = await JoinAsync();

        var throwing = other.Locks.AcquireAsync("lock", Tick);
        var trying = other.Locks.TryAcquireAsync("lock", Tick);

        (await PassingAsync(trying)).Should().BeNull();
        await FluentActions.Awaiting(() => PassingAsync(throwing)).Should().ThrowAsync<TimeoutException>().WithMessage("The lock was not free within *");
        lease.IsHeld.Should().BeTrue();
        await lease.ReleaseAsync();
        await using var again = await other.Locks.TryAcquireAsync("lock");
        again.Should().NotBeNull("nothing is left of those who waited in vain");
    }

    [Test]
    public async Task AcquireAsync_ReleasedMeanwhile_IsWokenByThat()
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Watch)) Assert.Ignore("This store does not signal.");
        var lease = await Locks.AcquireAsync("lock");
        var other = await JoinAsync();
        var (local, distant) = (Locks.AcquireAsync("lock"), other.Locks.AcquireAsync("lock"));

        await lease.ReleaseAsync();

        // No time passes on a fake clock, and on a real one the lease would last too long.
        var first = await Task.WhenAny(local, distant).WaitAsync(Patience);
        await (await first).DisposeAsync();
        var second = await (first == local ? distant : local).WaitAsync(Patience);
        second.FencingToken.Should().BeGreaterThan((await first).FencingToken);
        await second.DisposeAsync();
    }

    [Test]
    public async Task AcquireAsync_WithoutSignals_LooksAgainNowAndThen()
    {
        var lease = await Locks.AcquireAsync("lock");
        var waiting = (await JoinAsync()).Locks.AcquireAsync("lock");

        await lease.ReleaseAsync();

        await using var next = await PassingAsync(waiting);
        next.IsHeld.Should().BeTrue();
    }

    [Test]
    public async Task AcquireAsync_CancelledWhileItWaits_EndsAtOnce()
    {
        await using var lease = await Locks.AcquireAsync("lock");
        using var cancelling = new CancellationTokenSource();
        var other = await JoinAsync();
        Task[] waiting = [other.Locks.AcquireAsync("lock", cancellationToken: cancelling.Token), other.Locks.AcquireAsync("lock", Patience, cancelling.Token), Locks.TryAcquireAsync("lock", Patience, cancelling.Token)];

        await cancelling.CancelAsync();

        foreach (var call in waiting) await FluentActions.Awaiting(() => call.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        lease.IsHeld.Should().BeTrue();
    }

    [Test]
    public async Task AcquireAsync_CancelledBefore_WritesNothing()
    {
        Provider.ResetCounts();

        await FluentActions.Awaiting(() => Locks.AcquireAsync("lock", cancellationToken: new(true))).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Locks.TryAcquireAsync("lock", cancellationToken: new(true))).Should().ThrowAsync<OperationCanceledException>();

        Provider.Commits.Should().Be(0);
    }

    [Test]
    public async Task TryAcquireAsync_HostileNames_AreLocksOfTheirOwn()
    {
        var leases = new List<ILockLease>();
        foreach (var name in HostNames.Good) leases.Add((await Locks.TryAcquireAsync(name))!);

        leases.Should().NotContainNulls();
        leases.Select(static lease => lease.Name).Should().Equal(HostNames.Good);
        foreach (var name in HostNames.Good.Where(static (_, i) => i % 5 == 0)) (await Locks.TryAcquireAsync(name)).Should().BeNull();
        foreach (var lease in leases) (await lease.ReleaseAsync()).Should().BeTrue();
    }

    [Test]
    public async Task AcquireAsync_BadArguments_AreRefused()
    {
        foreach (var name in HostNames.Bad)
        {
            await FluentActions.Awaiting(() => Locks.AcquireAsync(name!)).Should().ThrowAsync<ArgumentException>();
            await FluentActions.Awaiting(() => Locks.TryAcquireAsync(name!)).Should().ThrowAsync<ArgumentException>();
        }
        foreach (var timeout in new[] { TimeSpan.FromTicks(-1), TimeSpan.MinValue, TimeSpan.FromDays(50), TimeSpan.MaxValue })
            await FluentActions.Awaiting(() => Locks.TryAcquireAsync("lock", timeout)).Should().ThrowAsync<ArgumentOutOfRangeException>().WithParameterName("timeout");
    }

    [Test]
    public async Task TryAcquireAsync_OtherTenant_IsAnotherLock()
    {
        await using var lease = await Locks.TryAcquireAsync("lock");

        await using var other = await State.ForTenant("acme").Locks.TryAcquireAsync("lock");

        other.Should().NotBeNull();
        (await State.ForTenant("acme").Locks.TryAcquireAsync("lock")).Should().BeNull();
    }

    [Test]
    public async Task FencingTokens_ThroughExpiryReleaseRestartAndRestore_Rise()
    {
        var tokens = new List<long>();
        async Task<ILockLease> NextAsync()
        {
            var lease = (await Locks.TryAcquireAsync("lock"))!;
            tokens.Add(lease.FencingToken);
            return lease;
        }

        await (await NextAsync()).ReleaseAsync();
        var (lost, key) = await HoldAsync();
        tokens.Add(lost.FencingToken);
        await DeleteAsync(key);
        await (await NextAsync()).ReleaseAsync();
        if (Provider.Capabilities.HasFlag(StateCapabilities.Export | StateCapabilities.Import))
        {
            var backup = await State.Backups.CreateAsync();
            for (var i = 0; i < 5; i++) await (await NextAsync()).ReleaseAsync();
            await State.Backups.RestoreAsync(backup.Id);
            await (await NextAsync()).ReleaseAsync();
            // Before the first lock there was nothing to back up.
            await State.Backups.RestoreAsync(backup.Id, new() { Parts = StateParts.Store });
            await (await NextAsync()).ReleaseAsync();
        }
        if (Harness.CanReopen)
        {
            await RestartAsync();
            await (await NextAsync()).ReleaseAsync();
        }

        tokens.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Test]
    public async Task RestoreAsync_WholeStore_EndsEveryLease()
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Export | StateCapabilities.Import)) Assert.Ignore("This store is not backed up.");
        var (lease, key) = await HoldAsync();
        var backup = await State.Backups.CreateAsync();

        await State.Backups.RestoreAsync(backup.Id);

        (await LeaseAsync(key)).Should().BeNull("a lease of yesterday has no holder");
        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();
        lease.Lost.IsCancellationRequested.Should().BeTrue();
        await using var next = await Locks.TryAcquireAsync("lock");
        next!.FencingToken.Should().BeGreaterThan(lease.FencingToken);
    }

    [Test]
    public async Task RestoreAsync_StoreThatRefusesToBeRead_SucceedsAndTokensRise()
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Export | StateCapabilities.Import)) Assert.Ignore("This store is not backed up.");
        await State.Store.SetAsync("things", "one", 1);
        var backup = await State.Backups.CreateAsync();
        var lease = await Locks.AcquireAsync("lock");
        await AdvanceAsync(0.01);
        Provider.OnRead = static (_, _) => throw new StateUnavailableException("A restore has failed half way.", mayHaveBeenWritten: false);

        await State.Backups.RestoreAsync(backup.Id);

        Provider.OnRead = null;
        await using var next = await Locks.TryAcquireAsync("lock");
        next!.FencingToken.Should().BeGreaterThan(lease.FencingToken);
    }

    [Test]
    public async Task AcquireAsync_ManyContenders_HaveItOneAfterTheOther()
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Watch)) Assert.Ignore("Without signals, and time standing still, nobody would be woken.");
        const int Hosts = 4, Callers = 16, Rounds = 3;
        IBluePlanState[] hosts = [State, await JoinAsync(), await JoinAsync(), await JoinAsync()];
        var (inside, tokens) = (0, new List<long>());

        await Task.WhenAll(Enumerable.Range(0, Hosts * Callers).Select(caller => Task.Run(async () =>
        {
            var state = hosts[caller % Hosts];
            for (var round = 0; round < Rounds; round++)
            {
                await using var lease = await state.Locks.AcquireAsync("lock").WaitAsync(Patience * 4);
                Interlocked.Increment(ref inside).Should().Be(1, "the lock has one holder");
                // What only the lock protects.
                var count = await state.Store.PeekAsync<int>("counters", "one");
                await Task.Yield();
                await state.FencedBy(lease).Store.SetAsync("counters", "one", (count?.Value ?? 0) + 1);
                tokens.Add(lease.FencingToken);
                Interlocked.Decrement(ref inside);
            }
        })));

        (await State.Store.PeekAsync<int>("counters", "one"))!.Value.Should().Be(Hosts * Callers * Rounds);
        tokens.Should().HaveCount(Hosts * Callers * Rounds).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
        await TestContext.Out.WriteLineAsync($"{Hosts * Callers} contenders on {Hosts} hosts, {tokens.Count} acquisitions: the first host made {Provider.Commits} commits and {Provider.Reads} reads.");
    }
}
