using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Locks when things go wrong: holders that are cut off, leases that are stolen, replies that are lost.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class LockLossConformance<THarness> : LockFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Lease_Renewed_OutlivesItsDuration()
    {
        await StartWithShortLeasesAsync();
        var (lease, key) = await HoldAsync();
        var end = Now + Short * 2.5;

        // On a fake clock time must not run away from a renewal that is on its way.
        while (Now < end)
        {
            await UntilAsync(async () => lease.Lost.IsCancellationRequested || (await LeaseAsync(key))?.Expiry.Instant > Now + Short / 2);
            await AdvanceAsync(0.2);
        }

        lease.IsHeld.Should().BeTrue();
        (await (await JoinAsync()).Locks.TryAcquireAsync("lock")).Should().BeNull();
        (await lease.ReleaseAsync()).Should().BeTrue();
    }

    [Test]
    public async Task Holder_CutOffPastItsExpiry_KnowsItBeforeAnotherHoldsIt()
    {
        await StartWithShortLeasesAsync();
        var (lease, key) = await HoldAsync();
        var other = await JoinAsync(ShortLeases);
        await State.FencedBy(lease).Store.SetAsync("things", "one", "first");
        CutOff();

        var waiting = other.Locks.AcquireAsync("lock");
        await UntilAsync(() => new(!lease.IsHeld));
        (await LeaseAsync(key)).Should().NotBeNull("the holder gives up before the store does");
        await using var next = await PassingAsync(waiting);

        await UntilAsync(() => new(lease.Lost.IsCancellationRequested));
        next.FencingToken.Should().BeGreaterThan(lease.FencingToken);
        await other.FencedBy(next).Store.SetAsync("things", "one", "second");
        Reconnect();
        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();
        await FluentActions.Awaiting(() => State.FencedBy(lease).Store.SetAsync("things", "one", "late")).Should().ThrowAsync<StateLockLostException>();
        (await lease.ReleaseAsync()).Should().BeFalse();
        (await State.Store.GetAsync<string>("things", "one"))!.Value.Should().Be("second");
        await next.ExtendAsync();
    }

    [Test]
    public async Task FencedWrite_OfAReplacedHolderWhoDoesNotKnow_IsRefusedByTheStore()
    {
        var (first, key) = await HoldAsync();
        var fenced = State.FencedBy(first);
        await fenced.Store.SetAsync("things", "one", "first");
        var session = await fenced.Sessions.CreateAsync("alice", 1, new() { HostSessionId = "mine" });
        await DeleteAsync(key);
        var other = await JoinAsync();
        await using var second = await other.Locks.TryAcquireAsync("lock");
        await other.FencedBy(second!).Store.SetAsync("things", "one", "second");
        await other.FencedBy(second!).Sessions.UpdateAsync<int>(session.Id, static _ => 2);
        Provider.ResetCounts();
        first.IsHeld.Should().BeTrue("nobody has told it");

        var refused = await FluentActions.Awaiting(() => fenced.Store.SetAsync("things", "one", "late")).Should().ThrowAsync<StateLockLostException>();

        refused.Which.FencingToken.Should().Be(first.FencingToken);
        Provider.Commits.Should().Be(1, "the store has judged it");
        (first.IsHeld, first.Lost.IsCancellationRequested).Should().Be((false, true));
        Func<Task>[] writes =
        [
            () => fenced.Store.UpdateAsync<string>("things", "one", static _ => "late"), () => fenced.Store.DeleteAsync("things", "one"), () => fenced.Store.IncrementFieldAsync("things", "one", "count"),
            () => fenced.Sessions.UpdateAsync<int>(session.Id, static _ => 3), () => fenced.Sessions.DeleteAsync(session.Id), () => fenced.Config.SaveAsync("chat", 1),
        ];
        foreach (var write in writes) await write.Should().ThrowAsync<StateLockLostException>();
        (await State.Store.GetAsync<string>("things", "one"))!.Value.Should().Be("second");
        (await fenced.Sessions.PeekAsync<int>(session.Id))!.Data.Should().Be(2, "reads go on");
        (await State.Store.SetAsync("things", "one", "without a fence")).IsEmpty.Should().BeFalse();
    }

    [Test]
    public async Task FencedWrite_EachKind_IsRefusedByTheStoreInItsPlace()
    {
        var (first, key) = await HoldAsync();
        await State.Store.SetAsync("things", "one", "first");
        var etag = (await State.Store.GetAsync<string>("things", "one"))!.ETag;
        await DeleteAsync(key);
        await using var second = await Locks.TryAcquireAsync("lock");
        await State.FencedBy(second!).Store.ExpireAsync("things", "one", StateExpiry.Never);
        await State.FencedBy(second!).Store.SetAsync("things", "one", "first");

        // A condition that is unmet as well must not hide that the lock is lost: whoever retries on a conflict would retry for ever.
        await FluentActions.Awaiting(() => State.FencedBy(first).Store.SetAsync("things", "one", "late", condition: StateCondition.IfMatch(etag))).Should().ThrowAsync<StateLockLostException>();
        await FluentActions.Awaiting(() => State.FencedBy(second!).Store.SetAsync("things", "one", "late", condition: StateCondition.IfMatch(etag))).Should().ThrowAsync<StateConflictException>();
        (await State.FencedBy(second!).Store.UpdateAsync<string>("things", "one", static value => value + "!")).Value.Should().Be("first!");
        (await State.FencedBy(second!).Store.DeleteAsync("things", "one")).Should().BeTrue();
        second!.IsHeld.Should().BeTrue();
    }

    [Test]
    public async Task FencedWrite_UnderTwoLocks_NeedsBoth()
    {
        var (left, leftKey) = await HoldAsync("left");
        await using var right = await Locks.AcquireAsync("right");
        var both = State.FencedBy(left).FencedBy(right);
        await both.Store.SetAsync("things", "one", "both");
        await DeleteAsync(leftKey);
        await using var next = await Locks.TryAcquireAsync("left");
        await State.FencedBy(next!).Store.SetAsync("things", "one", "next");

        await FluentActions.Awaiting(() => both.Store.SetAsync("things", "one", "late")).Should().ThrowAsync<StateLockLostException>().Where(e => e.FencingToken == left.FencingToken);

        right.IsHeld.Should().BeTrue();
        await both.FencedBy(next!).Store.SetAsync("things", "one", "both again");
        (await State.Store.GetAsync<string>("things", "one"))!.Value.Should().Be("both again");
    }

    [Test]
    public async Task ExtendAsync_LeaseDeleted_IsLostAndNeverMadeAgain()
    {
        var (lease, key) = await HoldAsync();
        await DeleteAsync(key);

        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();

        (await LeaseAsync(key)).Should().BeNull();
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
        (await lease.ReleaseAsync()).Should().BeFalse();
    }

    [Test]
    public async Task ExtendAsync_LeaseTakenByAnother_IsLostAndLeavesItAlone()
    {
        var (lease, key) = await HoldAsync();
        await DeleteAsync(key);
        await using var next = await (await JoinAsync()).Locks.TryAcquireAsync("lock");
        var before = await LeaseAsync(key);

        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();
        (await lease.ReleaseAsync()).Should().BeFalse();
        await lease.DisposeAsync();

        (await LeaseAsync(key))!.Should().BeEquivalentTo(new { before!.ETag, before.Expiry });
        next!.IsHeld.Should().BeTrue();
    }

    [Test]
    public async Task Renewal_LeaseTakenByAnother_TellsTheHolder()
    {
        await StartWithShortLeasesAsync();
        var (lease, key) = await HoldAsync();
        await DeleteAsync(key);
        await using var next = await (await JoinAsync()).Locks.TryAcquireAsync("lock");
        var begun = Now;

        await UntilAsync(() => new(lease.Lost.IsCancellationRequested));

        if (Harness.TimeStandsStill) (Now - begun).Should().BeLessThan(Short * 0.8, "the renewal finds it, not the expiry");
        lease.IsHeld.Should().BeFalse();
    }

    [Test]
    public async Task Renewal_CutOffForAWhile_GoesOn()
    {
        await StartWithShortLeasesAsync();
        var (lease, key) = await HoldAsync();
        var failures = 0;
        Provider.OnCommit = (_, _) =>
        {
            Interlocked.Increment(ref failures);
            throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
        };
        await UntilAsync(() => new(lease.Lost.IsCancellationRequested || Volatile.Read(ref failures) >= 2));
        lease.IsHeld.Should().BeTrue("two attempts fit before it is lost");

        Reconnect();

        await UntilAsync(async () => lease.Lost.IsCancellationRequested || (await LeaseAsync(key))?.Expiry.Instant > Now + Short * 0.7);
        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((true, false));
        (await lease.ReleaseAsync()).Should().BeTrue();
    }

    [Test]
    public async Task DisposeAsync_CutOff_ThrowsNothingAndTheLockGetsFree()
    {
        await StartWithShortLeasesAsync();
        var (lease, key) = await HoldAsync();
        CutOff();

        await lease.Awaiting(l => l.ReleaseAsync()).Should().ThrowAsync<StateUnavailableException>();
        await lease.DisposeAsync();

        (lease.IsHeld, lease.Lost.IsCancellationRequested).Should().Be((false, true));
        (await LeaseAsync(key)).Should().NotBeNull();
        await using var next = await PassingAsync((await JoinAsync(ShortLeases)).Locks.AcquireAsync("lock"));
        next.FencingToken.Should().BeGreaterThan(lease.FencingToken);
    }

    [Test]
    public async Task ReleaseAsync_AfterAFailure_TriesAgain()
    {
        var (lease, key) = await HoldAsync();
        CutOff();
        await lease.Awaiting(l => l.ReleaseAsync()).Should().ThrowAsync<StateUnavailableException>();
        Reconnect();

        (await lease.ReleaseAsync()).Should().BeTrue();

        (await LeaseAsync(key)).Should().BeNull();
    }

    [Test]
    public async Task Waiter_HolderDies_GetsItWhenTheLeaseExpires()
    {
        await StartWithShortLeasesAsync();
        var (lease, _) = await HoldAsync();
        CutOff();

        var waiting = (await JoinAsync(ShortLeases)).Locks.AcquireAsync("lock");

        await using var next = await PassingAsync(waiting);

        lease.IsHeld.Should().BeFalse();
    }

    [Test]
    public async Task TryAcquireAsync_ReplyLost_IsHeldByOne()
    {
        await Locks.TryAcquireAsync("another");
        Provider.LoseNextReply();
        Provider.ResetCounts();

        await using var lease = await Locks.TryAcquireAsync("lock");

        lease!.IsHeld.Should().BeTrue();
        Provider.Commits.Should().BeInRange(2, 3);
        (await (await JoinAsync()).Locks.TryAcquireAsync("lock")).Should().BeNull();
        await lease.ExtendAsync();
        (await lease.ReleaseAsync()).Should().BeTrue();
        await using var next = await Locks.TryAcquireAsync("lock");
        next!.FencingToken.Should().BeGreaterThan(lease.FencingToken);
    }

    [Test]
    public async Task TryAcquireAsync_ReplyLostButHeldByAnother_IsNull()
    {
        await using var lease = await (await JoinAsync()).Locks.TryAcquireAsync("lock");
        Provider.LoseNextReply();

        (await Locks.TryAcquireAsync("lock")).Should().BeNull();

        await lease!.ExtendAsync();
    }

    [Test]
    public async Task TryAcquireAsync_AllRepliesLost_ThrowsAndNobodyHoldsItForLong()
    {
        await StartWithShortLeasesAsync();
        Provider.OnCommit = static async (_, commit) =>
        {
            await commit();
            throw new StateUnavailableException("The reply was lost.", mayHaveBeenWritten: true);
        };

        var thrown = await FluentActions.Awaiting(() => Locks.TryAcquireAsync("lock")).Should().ThrowAsync<StateUnavailableException>();

        thrown.Which.MayHaveBeenWritten.Should().BeTrue();
        Reconnect();
        var other = await JoinAsync(ShortLeases);
        (await other.Locks.TryAcquireAsync("lock")).Should().BeNull("a lease stands that nobody believes to hold");
        await using var next = await PassingAsync(other.Locks.AcquireAsync("lock", Short * 3));
        next.IsHeld.Should().BeTrue();
    }

    [Test]
    public async Task TryAcquireAsync_NothingWrittenAndUnknown_IsTriedOnceMore()
    {
        Provider.OnCommit = (_, _) =>
        {
            Provider.OnCommit = null;
            throw new StateUnavailableException("The connection broke.", mayHaveBeenWritten: true);
        };

        await using var lease = await Locks.TryAcquireAsync("lock");

        await lease!.ExtendAsync();
    }

    [Test]
    public async Task TryAcquireAsync_FirstWriteComesLate_IsNeverTheHolders()
    {
        await StartWithShortLeasesAsync();
        Func<ValueTask<CommitResult>>? late = null;
        Provider.OnCommit = (_, commit) =>
        {
            Provider.OnCommit = null;
            late = commit;
            throw new StateUnavailableException("The connection broke.", mayHaveBeenWritten: true);
        };
        var lease = (await Locks.TryAcquireAsync("lock"))!;

        (await late!()).IsCommitted.Should().BeFalse("the lock is held");
        await lease.ExtendAsync();
        (await lease.ReleaseAsync()).Should().BeTrue();
        (await late()).IsCommitted.Should().BeTrue("the lock is free");

        await lease.Awaiting(l => l.ExtendAsync()).Should().ThrowAsync<StateLockLostException>();
        (await lease.ReleaseAsync()).Should().BeFalse();
        await using var next = await PassingAsync((await JoinAsync(ShortLeases)).Locks.AcquireAsync("lock"));
        next.FencingToken.Should().BeGreaterThan(lease.FencingToken);
    }

    [Test]
    public async Task AcquireAsync_CancelledOnItsWay_GivesItBack()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        Provider.OnCommit = async (_, commit) =>
        {
            Provider.OnCommit = null;
            asked.SetResult();
            await answer.Task;
            return await commit();
        };
        using var cancelling = new CancellationTokenSource();
        var acquiring = Locks.AcquireAsync("lock", cancellationToken: cancelling.Token);
        await asked.Task.WaitAsync(Patience);

        await cancelling.CancelAsync();
        await FluentActions.Awaiting(() => acquiring.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        answer.SetResult();

        await using var next = await PassingAsync((await JoinAsync(ShortLeases)).Locks.AcquireAsync("lock"));
        next.IsHeld.Should().BeTrue();
    }
}
