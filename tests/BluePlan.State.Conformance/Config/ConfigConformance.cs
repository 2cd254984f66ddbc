using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IConfigManager"/>: saving and loading, optimistic concurrency, names and tenants.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ConfigConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IConfigManager Config => State.Config;

    [Test]
    public async Task SaveAsync_New_IsVersionOne()
    {
        var saved = await Config.SaveAsync("chat", new ChatSettings("large", 0.2));

        saved.Name.Should().Be("chat");
        saved.Version.Should().Be(1);
        saved.Value.Should().Be(new ChatSettings("large", 0.2));
        saved.SavedAt.Should().BeCloseTo(Now, Tick * 10);
        var loaded = await Config.LoadAsync<ChatSettings>("chat");
        loaded.Should().BeEquivalentTo(saved);
    }

    [Test]
    public async Task ToString_Entry_ShowsNoValue()
    {
        await Config.SaveAsync("chat", "a secret");

        $"{await Config.LoadAsync<string>("chat")}".Should().NotContain("secret").And.NotContain("chat").And.Contain("Version = 1");
    }

    [Test]
    public async Task SaveAsync_Again_IsTheNextVersion()
    {
        await Config.SaveAsync("chat", new ChatSettings("a"));
        await AdvanceAsync(1);
        var second = await Config.SaveAsync("chat", new ChatSettings("b") { Tools = ["search", "读文件"] });

        second.Version.Should().Be(2);
        (await Config.LoadAsync<ChatSettings>("chat"))!.Should().BeEquivalentTo(second);
        (await Config.LoadAsync<ChatSettings>("chat", 1))!.Value.Model.Should().Be("a");
        (await Config.ListVersionsAsync("chat")).Should().Equal(
            new ConfigVersion("chat", 2, second.SavedAt), new ConfigVersion("chat", 1, (await Config.LoadAsync<ChatSettings>("chat", 1))!.SavedAt));
        second.SavedAt.Should().BeAfter((await Config.LoadAsync<ChatSettings>("chat", 1))!.SavedAt);
    }

    [Test]
    public async Task SaveAsync_EqualValue_IsAVersionToo()
    {
        await Config.SaveAsync("chat", 1);
        (await Config.SaveAsync("chat", 1)).Version.Should().Be(2);
    }

    [Test]
    public async Task SaveAsync_ExpectedVersionIsThere_Saves()
    {
        var first = await Config.SaveAsync("chat", "a", expectedVersion: 0);
        var second = await Config.SaveAsync("chat", "b", expectedVersion: first.Version);

        second.Version.Should().Be(2);
        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("b");
    }

    [Test]
    public async Task SaveAsync_ExpectedVersionIsStale_SaysWhichIsThere()
    {
        await Config.SaveAsync("chat", "a");
        await Config.SaveAsync("chat", "b");

        var stale = (await Config.Invoking(c => c.SaveAsync("chat", "c", expectedVersion: 1)).Should().ThrowAsync<StateConflictException>()).Which;
        (stale.Key, stale.Expected, stale.Actual).Should().Be(("config chat", "1", "2"));
        var future = (await Config.Invoking(c => c.SaveAsync("chat", "c", expectedVersion: 3)).Should().ThrowAsync<StateConflictException>()).Which;
        (future.Expected, future.Actual).Should().Be(("3", "2"));
        var notNew = (await Config.Invoking(c => c.SaveAsync("chat", "c", expectedVersion: 0)).Should().ThrowAsync<StateConflictException>()).Which;
        (notNew.Expected, notNew.Actual).Should().Be((null, "2"));
        var absent = (await Config.Invoking(c => c.SaveAsync("other", "c", expectedVersion: 1)).Should().ThrowAsync<StateConflictException>()).Which;
        (absent.Expected, absent.Actual).Should().Be(("1", null));
        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("b");
        (await Config.ListAsync()).Select(v => (v.Name, v.Version)).Should().Equal(("chat", 2L));
    }

    [Test]
    public async Task SaveAsync_64ExpectOneVersion_ExactlyOneWinsEach()
    {
        const int callers = 64, rounds = 6;
        var other = await JoinAsync();
        Provider.YieldAfterReads();
        var winners = new int[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var expected = round;
            var outcomes = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
            {
                try
                {
                    return (await (caller % 2 == 0 ? State : other).Config.SaveAsync("chat", caller, expectedVersion: expected)).Version == expected + 1;
                }
                catch (StateConflictException conflict)
                {
                    conflict.Actual.Should().Be($"{expected + 1}");
                    return false;
                }
            })));
            winners[round] = outcomes.Count(won => won);
        }

        winners.Should().AllBeEquivalentTo(1);
        (await Config.ListVersionsAsync("chat")).Select(v => v.Version).Should().Equal(6, 5, 4, 3, 2, 1);
    }

    [Test]
    public async Task SaveAsync_64AtOnceExpectingNothing_AllBecomeVersions()
    {
        var other = await JoinAsync();
        Provider.YieldAfterReads();
        var saved = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(() => (caller % 2 == 0 ? State : other).Config.SaveAsync("chat", caller))));

        saved.Select(s => s.Version).Order().Should().Equal(Enumerable.Range(1, 64).Select(i => (long)i));
        var last = saved.MaxBy(s => s.Version)!;
        (await Config.LoadAsync<int>("chat"))!.Value.Should().Be(last.Value);
        foreach (var entry in saved.Where(s => s.Version > 14)) (await Config.LoadAsync<int>("chat", entry.Version))!.Value.Should().Be(entry.Value);
    }

    [Test]
    public async Task SaveAsync_SomebodyElseIsFirst_ComesAfter()
    {
        await Config.SaveAsync("chat", "a");
        Provider.BeforeNextCommit(() => Config.SaveAsync("chat", "theirs"));

        (await Config.SaveAsync("chat", "ours")).Version.Should().Be(3);

        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("ours");
        (await Config.LoadAsync<string>("chat", 2))!.Value.Should().Be("theirs");
    }

    [Test]
    public async Task SaveAsync_CommitFails_LeavesNothing()
    {
        await Config.SaveAsync("chat", "a");
        Provider.OnCommit = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        await Config.Invoking(c => c.SaveAsync("chat", "b")).Should().ThrowAsync<StateUnavailableException>();
        await Config.Invoking(c => c.SaveAsync("other", "b")).Should().ThrowAsync<StateUnavailableException>();
        Provider.OnCommit = null;

        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("a");
        (await Config.ListVersionsAsync("chat")).Should().ContainSingle();
        (await Config.ListAsync()).Should().ContainSingle();
    }

    [Test]
    public async Task SaveAsync_ReplyIsLost_WasSavedOnceAndWhole()
    {
        Provider.LoseNextReply();
        (await Config.Invoking(c => c.SaveAsync("chat", "a")).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();

        (await Config.LoadAsync<string>("chat"))!.Version.Should().Be(1);
        (await Config.LoadAsync<string>("chat", 1))!.Value.Should().Be("a");
        (await Config.ListAsync()).Should().ContainSingle().Which.Version.Should().Be(1);
    }

    [Test]
    public async Task SaveAsync_BigValue_ComesBack()
    {
        var big = new string('字', 2_000_000);
        await Config.SaveAsync("big", big);

        (await Config.LoadAsync<string>("big"))!.Value.Should().Be(big);
    }

    [Test]
    public async Task LoadAsync_AsJson_ShowsTheJson()
    {
        await Config.SaveAsync("chat", new ChatSettings("a", 0.5));

        var json = (await Config.LoadAsync<JsonElement>("chat"))!.Value;
        json.GetProperty("Model").GetString().Should().Be("a");
        json.GetProperty("Temperature").GetDouble().Should().Be(0.5);
    }

    [Test]
    public async Task SaveAsync_Json_ReadsAsAType()
    {
        await Config.SaveAsync("chat", JsonDocument.Parse("""{"Model":"from json","Temperature":1,"Tools":["x"]}""").RootElement);

        (await Config.LoadAsync<ChatSettings>("chat"))!.Value.Should().BeEquivalentTo(new ChatSettings("from json", 1) { Tools = ["x"] });
    }

    [Test]
    public async Task LoadAsync_AsAnotherType_SaysSo()
    {
        await Config.SaveAsync("chat", new ChatSettings("a"));

        var thrown = (await Config.Invoking(c => c.LoadAsync<int>("chat")).Should().ThrowAsync<StateSchemaException>()).Which;
        thrown.Message.Should().Contain("Int32");
        thrown.InnerException.Should().BeOfType<JsonException>();
    }

    [Test]
    public async Task LoadAsync_NothingThere_IsNull()
    {
        (await Config.LoadAsync<string>("chat")).Should().BeNull();
        (await Config.LoadAsync<string>("chat", 1)).Should().BeNull();
        (await Config.ListVersionsAsync("chat")).Should().BeEmpty();
        (await Config.ListAsync()).Should().BeEmpty();
        await Config.SaveAsync("chat", "a");
        (await Config.LoadAsync<string>("chat", 2)).Should().BeNull();
        (await Config.LoadAsync<string>("chat", long.MaxValue)).Should().BeNull();
    }

    [Test]
    public async Task ListAsync_Several_OrdersByName()
    {
        string[] names = ["b", "a", "B", "é", "a/b", "aa", "読"];
        foreach (var name in names) await Config.SaveAsync(name, name);
        await Config.SaveAsync("b", "again");
        await Config.DeleteAsync("aa");

        var listed = await Config.ListAsync();
        listed.Select(v => v.Name).Should().Equal("B", "a", "a/b", "b", "é", "読");
        listed.Select(v => v.Version).Should().Equal(1, 1, 1, 2, 1, 1);
        listed.Should().OnlyContain(v => !v.IsDeletion);
        listed[3].SavedAt.Should().Be((await Config.LoadAsync<string>("b"))!.SavedAt);
    }

    [Test]
    public async Task SaveAsync_HostileNames_StayApart()
    {
        var names = HostNames.Good;
        foreach (var name in names) await Config.SaveAsync(name, name, expectedVersion: 0);

        foreach (var name in names) (await Config.LoadAsync<string>(name))!.Value.Should().Be(name);
        (await Config.ListAsync()).Select(v => v.Name).Should().Equal(names.Order(StringComparer.Ordinal));
        await Config.BackupAsync("*");
        foreach (var name in names) (await Config.DeleteAsync(name)).Should().BeTrue();
        (await Config.RestoreAsync("*")).Should().Be(names.Count);
        foreach (var name in names) (await Config.LoadAsync<string>(name))!.Value.Should().Be(name);
    }

    [TestCaseSource(nameof(BadNames))]
    public async Task AnyCall_BadName_IsRefused(string? name)
    {
        await Config.Invoking(c => c.SaveAsync(name!, 1)).Should().ThrowAsync<ArgumentException>();
        await Config.Invoking(c => c.LoadAsync<int>(name!)).Should().ThrowAsync<ArgumentException>();
        await Config.Invoking(c => c.DeleteAsync(name!)).Should().ThrowAsync<ArgumentException>();
        await Config.Invoking(c => c.ListVersionsAsync(name!)).Should().ThrowAsync<ArgumentException>();
        await Config.Invoking(c => c.RollbackAsync(name!, 1)).Should().ThrowAsync<ArgumentException>();
        Config.Invoking(c => c.WatchAsync<int>(name!)).Should().Throw<ArgumentException>();
        await Config.Invoking(c => c.BackupAsync(name!)).Should().ThrowAsync<ArgumentException>();
        await Config.Invoking(c => c.RestoreAsync(name!)).Should().ThrowAsync<ArgumentException>();
        await Config.Invoking(c => c.DeleteBackupAsync(name!)).Should().ThrowAsync<ArgumentException>();
        (Provider.Reads, Provider.Commits).Should().Be((0, 0));
    }

    [Test]
    public async Task AnyCall_BadNumberOrValue_IsRefused()
    {
        await Config.Invoking(c => c.SaveAsync("chat", 1, expectedVersion: -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Config.Invoking(c => c.SaveAsync<string>("chat", null!)).Should().ThrowAsync<ArgumentNullException>();
        await Config.Invoking(c => c.LoadAsync<int>("chat", 0)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Config.Invoking(c => c.DeleteAsync("chat", 0)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Config.Invoking(c => c.RollbackAsync("chat", 0)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Config.Invoking(c => c.RollbackAsync("chat", -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Config.Invoking(c => c.RollbackAsync("chat", 1, -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Config.Invoking(c => c.SaveAsync("chat", new byte[50 * 1024 * 1024])).Should().ThrowAsync<ArgumentException>();
        (await Config.ListAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task AnyCall_Cancelled_DoesNothing()
    {
        await Config.SaveAsync("chat", 1);
        var cancelled = new CancellationToken(canceled: true);

        await Config.Invoking(c => c.SaveAsync("chat", 2, cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Config.Invoking(c => c.LoadAsync<int>("chat", cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Config.Invoking(c => c.DeleteAsync("chat", cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Config.Invoking(c => c.RollbackAsync("chat", 1, cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Config.Invoking(c => c.ListAsync(cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Config.Invoking(c => c.BackupAsync("b", cancelled)).Should().ThrowAsync<OperationCanceledException>();
        (await Config.ListVersionsAsync("chat")).Should().ContainSingle();
        (await Config.ListBackupsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task ForTenant_SameNames_StayApart()
    {
        var acme = State.ForTenant("acme").Config;
        await Config.SaveAsync("chat", "ours");
        await Config.SaveAsync("chat", "ours again");
        (await acme.SaveAsync("chat", "theirs", expectedVersion: 0)).Version.Should().Be(1);

        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("ours again");
        (await acme.LoadAsync<string>("chat"))!.Value.Should().Be("theirs");
        (await acme.ListAsync()).Should().ContainSingle().Which.Version.Should().Be(1);
        await acme.BackupAsync("b");
        (await Config.ListBackupsAsync()).Should().BeEmpty();
        await Config.Invoking(c => c.RestoreAsync("b")).Should().ThrowAsync<StateNotFoundException>();
        (await Config.DeleteBackupAsync("b")).Should().BeFalse();
        await acme.DeleteAsync("chat");
        (await acme.RestoreAsync("b")).Should().Be(1);
        (await Config.LoadAsync<string>("chat"))!.Version.Should().Be(2);
        (await State.ForTenant("acm").Config.ListAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task SaveAsync_ThenRestart_IsThere()
    {
        await Config.SaveAsync("chat", "a");
        await Config.SaveAsync("chat", "b");
        await Config.BackupAsync("before");
        await RestartAsync();

        (await Config.LoadAsync<string>("chat"))!.Version.Should().Be(2);
        (await Config.LoadAsync<string>("chat", 1))!.Value.Should().Be("a");
        (await Config.SaveAsync("chat", "c")).Version.Should().Be(3);
        (await Config.RestoreAsync("before")).Should().Be(1);
        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("b");
    }

    [Test]
    public async Task EachCall_Uncontended_TakesFewRoundTrips()
    {
        await Config.SaveAsync("chat", 1);
        await CountAsync(() => Config.LoadAsync<int>("chat"), reads: 1, commits: 0);
        await CountAsync(() => Config.LoadAsync<int>("chat", 1), reads: 1, commits: 0);
        await CountAsync(() => Config.ListAsync(), reads: 1, commits: 0);
        await CountAsync(() => Config.ListVersionsAsync("chat"), reads: 1, commits: 0);
        await CountAsync(() => Config.SaveAsync("chat", 2), reads: 1, commits: 1);
        await CountAsync(() => Config.RollbackAsync("chat", 1), reads: 1, commits: 1);
        await CountAsync(() => Config.BackupAsync("b"), reads: 3, commits: 1);
        await CountAsync(() => Config.RestoreAsync("b"), reads: 3, commits: 1);
        await CountAsync(() => Config.DeleteAsync("chat"), reads: 1, commits: 1);
        await CountAsync(() => Config.DeleteBackupAsync("b"), reads: 0, commits: 1);
    }

    private static IEnumerable<string?> BadNames() => HostNames.Bad;

    private async Task CountAsync(Func<Task> call, int reads, int commits)
    {
        Provider.ResetCounts();
        await call();
        (Provider.Reads, Provider.Commits).Should().Be((reads, commits));
    }
}
