using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What needs a clock that the holder has for itself, or a look inside.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LockManagerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<ServiceProvider> _services = [];
    private readonly FakeTimeProvider _storeTime = new(Start), _hostTime = new(Start);
    private readonly ListLogger _log = new();

    [TearDown]
    public async Task TearDownAsync()
    {
        foreach (var services in _services) await services.DisposeAsync();
    }

    [TestCase(0.999)]
    [TestCase(86_401)]
    public void LeaseDuration_OutOfRange_IsAFault(double seconds) =>
        Faults(o => o.LeaseDuration = TimeSpan.FromSeconds(seconds)).Should().ContainSingle().Which.Should().Contain("Locks.LeaseDuration");

    [TestCase(0.999)]
    [TestCase(36_501 * 24)]
    public void FenceRetention_OutOfRange_IsAFault(double hours) =>
        Faults(o => o.FenceRetention = TimeSpan.FromHours(hours)).Should().ContainSingle().Which.Should().Contain("Locks.FenceRetention");

    [Test]
    public async Task Holder_StoppedWhileTheStoreGoesOn_IsRefusedAndToldByTheStore()
    {
        var store = new InMemoryStateProvider(_storeTime);
        var stopped = Host(store, _hostTime);
        var other = Host(store, _storeTime);
        var lease = await stopped.Locks.AcquireAsync("lock");
        await stopped.FencedBy(lease).Store.SetAsync("things", "one", "first");

        _storeTime.Advance(TimeSpan.FromSeconds(31));
        await using var next = await other.Locks.TryAcquireAsync("lock");
        await other.FencedBy(next!).Store.SetAsync("things", "one", "second");

        lease.IsHeld.Should().BeTrue("its clock stands still, as that of a machine which was suspended");
        await FluentActions.Awaiting(() => stopped.FencedBy(lease).Store.SetAsync("things", "one", "late")).Should().ThrowAsync<StateLockLostException>();
        lease.Lost.IsCancellationRequested.Should().BeTrue();
        (await other.Store.GetAsync<string>("things", "one"))!.Value.Should().Be("second");
    }

    [Test]
    public async Task Holder_CutOff_IsLostAfterNineTenthsByItsOwnClock()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var host = Host(provider, _hostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);

        _hostTime.Advance(TimeSpan.FromSeconds(27) - TimeSpan.FromTicks(1));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((true, false));
        _hostTime.Advance(TimeSpan.FromTicks(1));

        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
        provider.OnCommit = null;
        provider.ResetCounts();
        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();
        provider.Commits.Should().Be(0, "what is lost stays lost, though the store still has it");
        (await lease.ReleaseAsync()).Should().BeFalse("it was lost before");
        await using var next = await host.Locks.TryAcquireAsync("lock");
        next.Should().NotBeNull("what the store still had is deleted all the same");
        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.LockNotRenewed && e.Exception is StateUnavailableException)
            .And.ContainSingle(e => e.Event.Id == LogEvents.LockLost && e.Level == LogLevel.Warning).Which.Message.Should().Contain($"{lease.FencingToken}").And.NotContain("'lock'");
    }

    [Test]
    public async Task Proof_SlowAnswer_CountsFromBeforeTheRequest()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var host = Host(provider, _hostTime);
        provider.OnCommit = (_, commit) =>
        {
            provider.OnCommit = null;
            var answer = commit();
            _hostTime.Advance(TimeSpan.FromSeconds(26));
            return answer;
        };

        var lease = await host.Locks.AcquireAsync("lock");

        lease.IsHeld.Should().BeTrue();
        provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
        _hostTime.Advance(TimeSpan.FromSeconds(1));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
    }

    [Test]
    public async Task Proof_SlowExtension_CountsFromBeforeTheRequest()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var host = Host(provider, _hostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        _hostTime.Advance(TimeSpan.FromSeconds(5));
        provider.OnCommit = (_, commit) =>
        {
            provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
            var answer = commit();
            _hostTime.Advance(TimeSpan.FromSeconds(20));
            return answer;
        };

        await lease.ExtendAsync();

        _hostTime.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromTicks(1));
        lease.IsHeld.Should().BeTrue();
        _hostTime.Advance(TimeSpan.FromTicks(1));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
    }

    [Test]
    public async Task Proof_AnswerTooSlow_IsNoLease()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var host = Host(provider, _hostTime);
        provider.OnCommit = (_, commit) =>
        {
            provider.OnCommit = null;
            var answer = commit();
            _hostTime.Advance(TimeSpan.FromSeconds(27));
            return answer;
        };

        await FluentActions.Awaiting(() => host.Locks.AcquireAsync("lock")).Should().ThrowAsync<StateUnavailableException>();

        await using var next = await host.Locks.TryAcquireAsync("lock");
        next.Should().NotBeNull("what could not be proved was given back");
    }

    [Test]
    public async Task Renewal_StoreHangs_LosesTheLockInTimeAndLetsItsHolderGo()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var host = Host(provider, _hostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        var never = new TaskCompletionSource<CommitResult>();
        provider.OnCommit = (_, _) => new(never.Task);

        _hostTime.Advance(TimeSpan.FromSeconds(10));
        var extending = lease.ExtendAsync();
        _hostTime.Advance(TimeSpan.FromSeconds(17));

        lease.Lost.IsCancellationRequested.Should().BeTrue();
        await FluentActions.Awaiting(() => extending.WaitAsync(TimeSpan.FromSeconds(20))).Should().ThrowAsync<StateLockLostException>();
        provider.OnCommit = null;
        await lease.DisposeAsync();
        await using var next = await host.Locks.TryAcquireAsync("lock");
        next.Should().NotBeNull();
    }

    [Test]
    public async Task AcquireAsync_HolderStopped_LooksAgainWhenThatLeaseExpires()
    {
        var store = new InMemoryStateProvider(_storeTime);
        await Host(store, _hostTime).Locks.AcquireAsync("lock");
        _storeTime.Advance(TimeSpan.FromSeconds(20));
        var time = new RecordingTime(_storeTime.GetUtcNow());
        using var cancelling = new CancellationTokenSource();

        var waiting = Host(store, time).Locks.AcquireAsync("lock", cancellationToken: cancelling.Token);

        await UntilAsync(() => time.DueTimes.Any(static due => due > TimeSpan.FromSeconds(1)));
        time.DueTimes.Where(static due => due > TimeSpan.FromSeconds(1)).Should().Equal([TimeSpan.FromSeconds(10)], "the lease has so long left");
        await cancelling.CancelAsync();
        await waiting.Awaiting(w => w).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Renewal_StoreGivesUpByItself_IsTriedAgain()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var host = Host(provider, _hostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new TaskCanceledException("The store's own timeout.");
        _hostTime.Advance(TimeSpan.FromSeconds(10));
        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<TaskCanceledException>("nobody has lost anything");
        provider.OnCommit = null;
        provider.ResetCounts();

        _hostTime.Advance(TimeSpan.FromSeconds(3));

        provider.Commits.Should().Be(1);
        _hostTime.Advance(TimeSpan.FromSeconds(14));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((true, false));
        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.LockNotRenewed && e.Exception is TaskCanceledException);
    }

    [Test]
    public async Task DisposeAsync_StoreFailsInItsOwnWay_ThrowsNothing()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var lease = await Host(provider, _hostTime).Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new TaskCanceledException("The store's own timeout.");

        await lease.DisposeAsync();

        lease.Lost.IsCancellationRequested.Should().BeTrue();
        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.LockNotReleased);
    }

    [Test]
    public async Task Expiry_LoggerThrows_TellsTheHolderAllTheSame()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var lease = await Host(provider, _hostTime).Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
        _log.Refused = LogEvents.LockLost;

        _hostTime.Invoking(static t => t.Advance(TimeSpan.FromSeconds(27))).Should().NotThrow("on a timer's thread it would end the process");

        lease.Lost.IsCancellationRequested.Should().BeTrue();
    }

    [Test]
    public async Task AcquireAsync_WatchDoesNotEnd_GetsTheLockAndLeavesAtOnce()
    {
        var never = new TaskCompletionSource();
        var host = Host(new UnendingWatchProvider(new InMemoryStateProvider(_storeTime), never.Task), _storeTime);
        var lease = await host.Locks.AcquireAsync("lock");
        using var cancelling = new CancellationTokenSource();
        var waiting = host.Locks.AcquireAsync("lock");
        var impatient = host.Locks.AcquireAsync("lock", cancellationToken: cancelling.Token);

        await lease.ReleaseAsync();
        await using var next = await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        await cancelling.CancelAsync();

        (await FluentActions.Awaiting(() => impatient.WaitAsync(TimeSpan.FromSeconds(20))).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancelling.Token);
        never.SetResult();
    }

    [Test]
    public async Task ExtendAsync_Cancelled_SaysByWhom()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(_storeTime));
        var lease = await Host(provider, _hostTime).Locks.AcquireAsync("lock");
        var (never, asked) = (new TaskCompletionSource<CommitResult>(), new TaskCompletionSource());
        provider.OnCommit = (_, _) =>
        {
            asked.TrySetResult();
            return new(never.Task);
        };
        using var cancelling = new CancellationTokenSource();
        var first = lease.ExtendAsync();
        await asked.Task;
        var extending = lease.ExtendAsync(cancelling.Token);

        await cancelling.CancelAsync();

        (await extending.Awaiting(e => e.WaitAsync(TimeSpan.FromSeconds(20))).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancelling.Token);
        lease.IsHeld.Should().BeTrue();
        never.SetException(new StateUnavailableException("Cut off.", mayHaveBeenWritten: false));
        await first.Awaiting(f => f).Should().ThrowAsync<StateUnavailableException>();
    }

    [Test]
    public async Task FencingTokens_StoreMadeAnew_GoOnWithTheClock()
    {
        var first = await TokenAsync(Host(new InMemoryStateProvider(_storeTime), _storeTime));
        _storeTime.Advance(TimeSpan.FromMilliseconds(1));

        var second = await TokenAsync(Host(new InMemoryStateProvider(_storeTime), _storeTime));

        second.Should().BeGreaterThan(first).And.BeLessThan(StateLimits.MaximumNumber / 2);
    }

    [Test]
    public async Task FencingTokens_ClockSetBackOrFarOff_RiseAllTheSame()
    {
        var store = new InMemoryStateProvider(_storeTime);
        var tokens = new List<long>();
        foreach (var year in new[] { 2026, 1960, 9999, 1970, 2026 })
            tokens.Add(await TokenAsync(Host(store, new FakeTimeProvider(new(year, 1, 1, 0, 0, 0, TimeSpan.Zero)))));

        tokens.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        tokens[^1].Should().BeLessThan(StateLimits.MaximumNumber - (1L << 51), "enough are left");
    }

    [Test]
    public async Task FencedBy_LeaseOfAnotherStore_IsRefused()
    {
        var (one, two) = (Host(new InMemoryStateProvider(_storeTime), _storeTime), Host(new InMemoryStateProvider(_storeTime), _storeTime));
        await using var lease = await one.Locks.AcquireAsync("lock");

        two.Invoking(t => t.FencedBy(lease)).Should().Throw<ArgumentException>().WithParameterName("lease");
        two.Invoking(t => t.FencedBy(null!)).Should().Throw<ArgumentNullException>();
        one.ForTenant("acme").Invoking(t => t.FencedBy(lease)).Should().NotThrow();
        one.FencedBy(lease).ForTenant("acme").FencedBy(lease).Tenant.Should().Be("acme");
    }

    [Test]
    public async Task FencedBy_Commits_AreRememberedForTheRetentionAndNoLonger()
    {
        var provider = new InMemoryStateProvider(_storeTime);
        var host = Host(provider, _storeTime);
        await using var lease = await host.Locks.AcquireAsync("lock");
        var fenced = host.FencedBy(lease).Store;
        await fenced.SetAsync("things", "one", 1);
        _storeTime.Advance(TimeSpan.FromSeconds(9));

        await fenced.SetAsync("things", "one", 2);

        var fences = await provider.ExportAsync(CancellationToken.None).Where(static r => r.Key.Type == StateTypes.LockFence.Name).ToListAsync();
        fences.Should().ContainSingle().Which.Content.Expiry.Instant.Should().Be(_storeTime.GetUtcNow().AddDays(7));
    }

    [Test]
    public async Task FencedBy_ForTenantBehindIt_StaysFenced()
    {
        var host = Host(new InMemoryStateProvider(_storeTime), _storeTime);
        var lease = await host.Locks.AcquireAsync("lock");
        var fenced = host.FencedBy(lease).ForTenant("acme");
        await fenced.Store.SetAsync("things", "one", 1);
        await lease.ReleaseAsync();

        await FluentActions.Awaiting(() => fenced.Store.SetAsync("things", "one", 2)).Should().ThrowAsync<StateLockLostException>();
        await using var next = await fenced.Locks.AcquireAsync("lock");
        next.IsHeld.Should().BeTrue("locks themselves are not fenced");
    }

    [Test]
    public async Task Lost_ListenerThrows_IsLoggedAndHarmsNobody()
    {
        var host = Host(new InMemoryStateProvider(_storeTime), _storeTime);
        var lease = await host.Locks.AcquireAsync("lock");
        using var registration = lease.Lost.Register(static () => throw new InvalidOperationException("A listener."));

        (await lease.ReleaseAsync()).Should().BeTrue();

        await UntilAsync(() => _log.Entries.Any(static e => e.Event.Id == LogEvents.LockListenerFailed));
    }

    [Test]
    public async Task AcquireAsync_WatchFails_IsLoggedAndPolls()
    {
        var provider = new UnwatchedProvider(new InMemoryStateProvider(_storeTime));
        var host = Host(provider, _storeTime);
        var lease = await host.Locks.AcquireAsync("lock");
        var waiting = host.Locks.AcquireAsync("lock");
        await lease.ReleaseAsync();

        await UntilAsync(() =>
        {
            _storeTime.Advance(TimeSpan.FromMilliseconds(100));
            return waiting.IsCompleted;
        });

        await (await waiting).DisposeAsync();
        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.LockNotWatched);
    }

    [Test]
    public async Task Waits_AndLosses_AreMeasured()
    {
        var (waits, losses) = (new List<string>(), 0L);
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => { if (instrument.Name is StateTelemetry.LockWait or StateTelemetry.LostLockItems) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => { lock (waits) waits.Add((string)tags[0].Value!); });
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref losses, value));
        listener.Start();
        var host = Host(new InMemoryStateProvider(_storeTime), _storeTime);

        var lease = await host.Locks.AcquireAsync("lock");
        await host.Locks.TryAcquireAsync("lock");
        ((LockLease)lease).Lose("the test says so.");

        lock (waits) waits.Should().Contain(["ok", "timeout"]);
        losses.Should().BePositive();
    }

    private static List<string> Faults(Action<LockManagerOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddBluePlanState(b => b.UseInMemory().Configure(o => configure(o.Locks)));
        using var built = services.BuildServiceProvider();
        return [.. built.Invoking(static b => b.GetRequiredService<IOptions<BluePlanStateOptions>>().Value).Should().Throw<OptionsValidationException>().Which.Failures];
    }

    private static async Task<long> TokenAsync(IBluePlanState host)
    {
        await using var lease = await host.Locks.AcquireAsync("lock");
        return lease.FencingToken;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !condition(); await Task.Yield())
            TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    private IBluePlanState Host(IStateProvider provider, FakeTimeProvider time)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(time).AddSingleton<ILogger<LockManager>>(new Logger<LockManager>(_log));
        services.AddBluePlanState(b => b.UseProvider(_ => new SharedProvider(provider)));
        var built = services.BuildServiceProvider();
        _services.Add(built);
        return built.GetRequiredService<IBluePlanState>();
    }

    /// <summary>One store for several hosts in a process, opened by the first of them.</summary>
    private sealed class SharedProvider(IStateProvider inner) : DelegatingStateProvider(inner)
    {
        private static readonly ConditionalWeakTable<IStateProvider, object> Opened = [];

        public override ValueTask OpenAsync(int partitionCount, CancellationToken cancellationToken) => Opened.TryAdd(Inner, Inner) ? Inner.OpenAsync(partitionCount, cancellationToken) : ValueTask.CompletedTask;

#pragma warning disable CA2215 // The store belongs to the test.
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
    }

    private sealed class RecordingTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        public ConcurrentQueue<TimeSpan> DueTimes { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            DueTimes.Enqueue(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class UnendingWatchProvider(IStateProvider inner, Task end) : DelegatingStateProvider(inner)
    {
        public override async IAsyncEnumerable<StateKey> WatchAsync(StateKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var changed in Inner.WatchAsync(key, cancellationToken)) yield return changed;
            }
            finally
            {
                await end;
            }
        }
    }

    private sealed class UnwatchedProvider(IStateProvider inner) : DelegatingStateProvider(inner)
    {
        public override IAsyncEnumerable<StateKey> WatchAsync(StateKey key, CancellationToken cancellationToken) => throw new StateUnavailableException("There is no connection to watch by.", mayHaveBeenWritten: false);
    }
}
