using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A lease: what its holder can prove by a clock of its own, its renewal, its loss and its end.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LockLeaseTests : LockHosts
{
    [Test]
    public async Task Holder_CutOff_IsLostAfterNineTenthsByItsOwnClock()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var host = Host(provider, HostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);

        HostTime.Advance(TimeSpan.FromSeconds(27) - TimeSpan.FromTicks(1));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((true, false));
        HostTime.Advance(TimeSpan.FromTicks(1));

        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
        provider.OnCommit = null;
        provider.ResetCounts();
        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();
        provider.Commits.Should().Be(0, "what is lost stays lost, though the store still has it");
        (await lease.ReleaseAsync()).Should().BeFalse("it was lost before");
        await using var next = await host.Locks.TryAcquireAsync("lock");
        next.Should().NotBeNull("what the store still had is deleted all the same");
        Log.Entries.Should().Contain(e => e.Event.Id == LogEvents.LockNotRenewed && e.Exception is StateUnavailableException)
            .And.ContainSingle(e => e.Event.Id == LogEvents.LockLost && e.Level == LogLevel.Warning).Which.Message.Should().Contain($"{lease.FencingToken}").And.NotContain("'lock'");
    }

    [Test]
    public async Task Proof_SlowAnswer_CountsFromBeforeTheRequest()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var host = Host(provider, HostTime);
        provider.OnCommit = (_, commit) =>
        {
            provider.OnCommit = null;
            var answer = commit();
            HostTime.Advance(TimeSpan.FromSeconds(26));
            return answer;
        };

        var lease = await host.Locks.AcquireAsync("lock");

        lease.IsHeld.Should().BeTrue();
        provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
        HostTime.Advance(TimeSpan.FromSeconds(1));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
    }

    [Test]
    public async Task Proof_SlowExtension_CountsFromBeforeTheRequest()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var host = Host(provider, HostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        HostTime.Advance(TimeSpan.FromSeconds(5));
        provider.OnCommit = (_, commit) =>
        {
            provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
            var answer = commit();
            HostTime.Advance(TimeSpan.FromSeconds(20));
            return answer;
        };

        await lease.ExtendAsync();

        HostTime.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromTicks(1));
        lease.IsHeld.Should().BeTrue();
        HostTime.Advance(TimeSpan.FromTicks(1));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
    }

    [Test]
    public async Task Proof_AnswerTooSlow_IsNoLease()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var host = Host(provider, HostTime);
        provider.OnCommit = (_, commit) =>
        {
            provider.OnCommit = null;
            var answer = commit();
            HostTime.Advance(TimeSpan.FromSeconds(27));
            return answer;
        };

        await FluentActions.Awaiting(() => host.Locks.AcquireAsync("lock")).Should().ThrowAsync<StateUnavailableException>();

        await using var next = await host.Locks.TryAcquireAsync("lock");
        next.Should().NotBeNull("what could not be proved was given back");
    }

    [Test]
    public async Task Renewal_StoreHangs_LosesTheLockInTimeAndLetsItsHolderGo()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var host = Host(provider, HostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        var never = new TaskCompletionSource<CommitResult>();
        provider.OnCommit = (_, _) => new(never.Task);

        HostTime.Advance(TimeSpan.FromSeconds(10));
        var extending = lease.ExtendAsync();
        HostTime.Advance(TimeSpan.FromSeconds(17));

        lease.Lost.IsCancellationRequested.Should().BeTrue();
        await FluentActions.Awaiting(() => extending.WaitAsync(TimeSpan.FromSeconds(20))).Should().ThrowAsync<StateLockLostException>();
        provider.OnCommit = null;
        await lease.DisposeAsync();
        await using var next = await host.Locks.TryAcquireAsync("lock");
        next.Should().NotBeNull();
    }

    [Test]
    public async Task Renewal_StoreGivesUpByItself_IsTriedAgain()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var host = Host(provider, HostTime);
        var lease = await host.Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new TaskCanceledException("The store's own timeout.");
        HostTime.Advance(TimeSpan.FromSeconds(10));
        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<TaskCanceledException>("nobody has lost anything");
        provider.OnCommit = null;
        provider.ResetCounts();

        HostTime.Advance(TimeSpan.FromSeconds(3));

        provider.Commits.Should().Be(1);
        HostTime.Advance(TimeSpan.FromSeconds(14));
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((true, false));
        Log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.LockNotRenewed && e.Exception is TaskCanceledException);
    }

    [Test]
    public async Task ExtendAsync_Cancelled_SaysByWhom()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var lease = await Host(provider, HostTime).Locks.AcquireAsync("lock");
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
    public async Task DisposeAsync_StoreFailsInItsOwnWay_ThrowsNothing()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var lease = await Host(provider, HostTime).Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new TaskCanceledException("The store's own timeout.");

        await lease.DisposeAsync();

        lease.Lost.IsCancellationRequested.Should().BeTrue();
        Log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.LockNotReleased);
    }

    [Test]
    public async Task Expiry_LoggerThrows_TellsTheHolderAllTheSame()
    {
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var lease = await Host(provider, HostTime).Locks.AcquireAsync("lock");
        provider.OnCommit = static (_, _) => throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
        Log.Refused = LogEvents.LockLost;

        HostTime.Invoking(static t => t.Advance(TimeSpan.FromSeconds(27))).Should().NotThrow("on a timer's thread it would end the process");

        lease.Lost.IsCancellationRequested.Should().BeTrue();
    }

    [Test]
    public async Task Lost_ListenerThrows_IsLoggedAndHarmsNobody()
    {
        var host = Host(new InMemoryStateProvider(StoreTime), StoreTime);
        var lease = await host.Locks.AcquireAsync("lock");
        using var registration = lease.Lost.Register(static () => throw new InvalidOperationException("A listener."));

        (await lease.ReleaseAsync()).Should().BeTrue();

        await UntilAsync(() => Log.Entries.Any(static e => e.Event.Id == LogEvents.LockListenerFailed));
    }
}
