using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore"/>: conditions and updates, also of many at once.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StateStoreUpdateConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IStateStore Store => State.Store;

    [Test]
    public async Task SetAsync_Conditions_AreHeld()
    {
        var first = await Store.SetAsync("cache", "page", 1, condition: StateCondition.IfAbsent);
        var taken = (await Store.Invoking(s => s.SetAsync("cache", "page", 2, condition: StateCondition.IfAbsent)).Should().ThrowAsync<StateConflictException>()).Which;
        (taken.Key, taken.Expected, taken.Actual).Should().Be(("data cache/page", null, first.ToString()));
        var second = await Store.SetAsync("cache", "page", 2, condition: StateCondition.IfMatch(first));
        var stale = (await Store.Invoking(s => s.SetAsync("cache", "page", 3, condition: StateCondition.IfMatch(first))).Should().ThrowAsync<StateConflictException>()).Which;
        (stale.Expected, stale.Actual).Should().Be((first.ToString(), second.ToString()));
        await Store.SetAsync("cache", "page", 4, condition: StateCondition.IfExists);
        var absent = (await Store.Invoking(s => s.SetAsync("cache", "other", 1, condition: StateCondition.IfExists)).Should().ThrowAsync<StateConflictException>()).Which;
        absent.Actual.Should().BeNull();

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(4);
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("page");
    }

    [Test]
    public async Task SetAsync_64AtOnceIfAbsent_OneWins()
    {
        var other = await JoinAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            try
            {
                return (caller, (await (caller % 2 == 0 ? State : other).Store.SetAsync("locks", "one", caller, condition: StateCondition.IfAbsent)).IsEmpty);
            }
            catch (StateConflictException)
            {
                return (-1, true);
            }
        })));

        var winner = outcomes.Should().ContainSingle(o => o.Item1 >= 0).Which;
        (await Store.GetAsync<int>("locks", "one"))!.Value.Should().Be(winner.Item1);
    }

    [Test]
    public async Task UpdateAsync_AbsentAndThere_BuildsOnWhatIsThere()
    {
        var first = await Store.UpdateAsync<List<string>>("notes", "mine", notes => [.. notes ?? [], "a"]);
        var second = await Store.UpdateAsync<List<string>>("notes", "mine", notes => [.. notes ?? [], "b"]);

        first.Value.Should().Equal("a");
        second.Value.Should().Equal("a", "b");
        (await Store.GetAsync<List<string>>("notes", "mine"))!.Should().BeEquivalentTo(second);
        (await Store.ListKeysAsync("notes")).Items.Should().Equal("mine");
    }

    [Test]
    public async Task UpdateAsync_64AtOnce_AllSurvive()
    {
        var other = await JoinAsync();
        Provider.YieldAfterReads();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(() =>
            (caller % 2 == 0 ? State : other).Store.UpdateAsync<List<int>>("notes", "all", list => [.. list ?? [], caller]))));

        (await Store.GetAsync<List<int>>("notes", "all"))!.Value.Order().Should().Equal(Enumerable.Range(0, 64));
    }

    [Test]
    public async Task UpdateAsync_ManyInOneProcess_NoneIsRefusedAndNoneRepeats()
    {
        Provider.YieldAfterReads();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            for (var n = 0; n < 10; n++) await Store.UpdateAsync<int>("notes", "count", count => count + 1);
        })));

        (await Store.GetAsync<int>("notes", "count"))!.Value.Should().Be(640);
        Provider.Commits.Should().BeLessThanOrEqualTo(768, "640 updates repeat rarely");
    }

    [Test]
    public async Task UpdateAsync_SomebodyAlwaysFirst_ThrowsConflictAndWritesNothing()
    {
        await StartAsync(static state => state.Configure(static options => options.UpdateTimeout = TimeSpan.FromMilliseconds(200)));
        var (other, tries) = ((await JoinAsync()).Store, 0);
        await Store.SetAsync("cache", "page", 0);
        Provider.OnCommit = async (_, commit) =>
        {
            await other.UpdateAsync<int>("cache", "page", v => v + 1);
            return await commit();
        };

        var thrown = (await Store.Invoking(s => s.UpdateAsync<int>("cache", "page", _ =>
        {
            tries++;
            return -1;
        })).Should().ThrowAsync<StateConflictException>()).Which;

        thrown.Message.Should().Contain("UpdateTimeout").And.NotContain("page");
        thrown.Key.Should().Be("data cache/page");
        tries.Should().BeGreaterThan(2);
        (await other.GetAsync<int>("cache", "page"))!.Value.Should().Be(tries);
    }

    [Test]
    public async Task UpdateAsync_CancelledInLine_LeavesItAndTheOthersGoOn()
    {
        using var cancellation = new CancellationTokenSource();
        var (begun, end) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Provider.OnCommit = async (_, commit) =>
        {
            Provider.OnCommit = null;
            begun.SetResult();
            await end.Task;
            return await commit();
        };
        var first = Task.Run(() => Store.UpdateAsync<int>("notes", "count", count => count + 1));
        await begun.Task;
        var second = Task.Run(() => Store.UpdateAsync<int>("notes", "count", count => count + 10, cancellationToken: cancellation.Token));
        var third = Task.Run(() => Store.UpdateAsync<int>("notes", "count", count => count + 100));

        await cancellation.CancelAsync();
        await second.Awaiting(s => s).Should().ThrowAsync<OperationCanceledException>();
        end.SetResult();

        (await first).Value.Should().Be(1);
        (await third).Value.Should().Be(101);
    }

    [Test]
    public async Task UpdateAsync_Expiry_StaysSlidesOrChanges()
    {
        await Store.SetAsync("cache", "after", 1, StateExpiry.After(Tick * 9));
        await Store.SetAsync("cache", "slides", 1, StateExpiry.Sliding(Tick * 9));
        await Store.SetAsync("cache", "changed", 1, StateExpiry.After(Tick * 9));
        await AdvanceAsync(5);
        var expires = (await Store.PeekAsync<int>("cache", "after"))!.ExpiresAt;
        (await Store.UpdateAsync<int>("cache", "after", v => v + 1)).ExpiresAt.Should().Be(expires);
        var begin = Now;
        AssertSince((await Store.UpdateAsync<int>("cache", "slides", v => v + 1)).ExpiresAt, begin, Tick * 9);
        await Store.UpdateAsync<int>("cache", "changed", v => v + 1, StateExpiry.Never);
        AssertSince((await Store.UpdateAsync<int>("cache", "new", v => v + 1, StateExpiry.After(Tick * 19))).ExpiresAt, begin, Tick * 19);
        await AdvanceAsync(5);

        (await Store.PeekAsync<int>("cache", "after")).Should().BeNull();
        (await Store.PeekAsync<int>("cache", "slides"))!.Value.Should().Be(2);
        (await Store.PeekAsync<int>("cache", "changed"))!.ExpiresAt.Should().BeNull();
        (await Store.PeekAsync<int>("cache", "new"))!.Value.Should().Be(1);
    }

    [Test]
    public async Task UpdateAsync_FunctionThrows_WritesNothing()
    {
        await Store.SetAsync("cache", "page", 1);

        await Store.Invoking(s => s.UpdateAsync<int>("cache", "page", _ => throw new TimeoutException("mine"))).Should().ThrowAsync<TimeoutException>().WithMessage("mine");
        await Store.Invoking(s => s.UpdateAsync<int>("cache", "page", null!)).Should().ThrowAsync<ArgumentNullException>();

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(1);
    }

    [Test]
    public async Task UpdateAsync_SomebodyElseIsFirst_SeesTheirs()
    {
        await Store.SetAsync("cache", "page", 1);
        Provider.BeforeNextCommit(() => Store.SetAsync("cache", "page", 10));

        (await Store.UpdateAsync<int>("cache", "page", v => v + 1)).Value.Should().Be(11);
    }

    /// <summary>Asserts that a lifetime was counted from some instant between one and now; some servers tell instants to the millisecond, and clocks differ by a fraction of a tick.</summary>
    private void AssertSince(DateTimeOffset? expires, DateTimeOffset begin, TimeSpan lifetime) =>
        expires.Should().BeOnOrAfter(begin + lifetime - Tick / 4).And.BeOnOrBefore(Now + lifetime + Tick / 4);
}
