using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Waiting for a lock that another holds.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LockWaitingTests : LockHosts
{
    [Test]
    public async Task AcquireAsync_HolderStopped_LooksAgainWhenThatLeaseExpires()
    {
        var store = new InMemoryStateProvider(StoreTime);
        await Host(store, HostTime).Locks.AcquireAsync("lock");
        StoreTime.Advance(TimeSpan.FromSeconds(20));
        var time = new RecordingTime(StoreTime.GetUtcNow());
        using var cancelling = new CancellationTokenSource();

        var waiting = Host(store, time).Locks.AcquireAsync("lock", cancellationToken: cancelling.Token);

        await UntilAsync(() => time.DueTimes.Any(static due => due > TimeSpan.FromSeconds(1)));
        time.DueTimes.Where(static due => due > TimeSpan.FromSeconds(1)).Should().Equal([TimeSpan.FromSeconds(10)], "the lease has so long left");
        await cancelling.CancelAsync();
        await waiting.Awaiting(w => w).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task AcquireAsync_WatchDoesNotEnd_GetsTheLockAndLeavesAtOnce()
    {
        var never = new TaskCompletionSource();
        var host = Host(new UnendingWatchProvider(new InMemoryStateProvider(StoreTime), never.Task), StoreTime);
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

    [TestCase(false)]
    [TestCase(true)]
    public async Task AcquireAsync_SharedStoreSignalsAndIsNotHeard_LooksAgainLongBeforeTheLeaseExpires(bool isEstablished)
    {
        var time = new RecordingTime(StoreTime.GetUtcNow());
        var host = Host(new DeafProvider(new InMemoryStateProvider(time), isEstablished), time);
        var lease = await host.Locks.AcquireAsync("lock");
        var waiting = host.Locks.AcquireAsync("lock");
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            return time.DueTimes.Any(static due => due > TimeSpan.FromSeconds(1));
        });

        await lease.ReleaseAsync();
        time.Advance(TimeSpan.FromSeconds(4));

        await (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).DisposeAsync();
    }

    [Test]
    public async Task AcquireAsync_WatchFails_IsLoggedAndPolls()
    {
        var provider = new UnwatchedProvider(new InMemoryStateProvider(StoreTime));
        var host = Host(provider, StoreTime);
        var lease = await host.Locks.AcquireAsync("lock");
        var waiting = host.Locks.AcquireAsync("lock");
        await lease.ReleaseAsync();

        await UntilAsync(() =>
        {
            StoreTime.Advance(TimeSpan.FromMilliseconds(100));
            return waiting.IsCompleted;
        });

        await (await waiting).DisposeAsync();
        Log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.LockNotWatched);
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

    /// <summary>A store in another process whose signals do not arrive, not even the one that it has begun to signal unless it is established.</summary>
    private sealed class DeafProvider(IStateProvider inner, bool isEstablished) : DelegatingStateProvider(inner)
    {
        public override StateCapabilities Capabilities => base.Capabilities | StateCapabilities.Shared;

        public override async IAsyncEnumerable<StateKey> WatchAsync(StateKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (isEstablished) yield return key;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }

    private sealed class UnwatchedProvider(IStateProvider inner) : DelegatingStateProvider(inner)
    {
        public override IAsyncEnumerable<StateKey> WatchAsync(StateKey key, CancellationToken cancellationToken) => throw new StateUnavailableException("There is no connection to watch by.", mayHaveBeenWritten: false);
    }
}
