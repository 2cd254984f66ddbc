using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Imports of one conversation at once, each in pieces.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryImportRaceConformance<THarness> : HistoryTransferFixture<THarness> where THarness : StateProviderHarness, new()
{
    [TestCase(false, 0)]
    [TestCase(true, 0)]
    [TestCase(true, 1_000)]
    [TestCase(true, 0, "other ", 1)]
    [TestCase(true, 0, "other ", 2)]
    public async Task ImportAsync_AnotherImportTakesItsPlaceBetweenPieces_LeavesNoHoleAndMixesNothing(bool withIds, int skipped, string other = "", int pieces = 1)
    {
        string[] lines = [.. Enumerable.Range(1, 2_500).Select(i => Line(i, withIds))], others = [.. Enumerable.Range(skipped + 1, 2_500 - skipped).Select(i => Line(i, withIds, other))];
        var (commits, held, goOn) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        Task<Conversation>? second = null;
        Provider.OnCommit = async (_, commit) =>
        {
            var number = Interlocked.Increment(ref commits);
            if (number == 3) // the first import's last piece
            {
                second = ImportAsync("ann", File(others), null, "mine");
                await (await Task.WhenAny(held.Task, second)).WaitAsync(TimeSpan.FromMinutes(1));
            }
            if (number == 6 + pieces) // the second import's next piece, behind one that was refused and the clearing
            {
                held.SetResult();
                await goOn.Task;
            }
            return await commit();
        };

        await FluentActions.Invoking(() => ImportAsync("ann", File(lines), null, "mine")).Should().ThrowAsync<StateConflictException>().WithMessage("Another attempt*");
        (await History.ListAsync("ann")).Items.Should().BeEmpty("neither has ended");
        goOn.SetResult();

        var made = await second!;
        (await History.ImportAsync("ann", File(lines), new() { HostConversationId = "mine" })).Existing.Should().Be(1);
        (await History.ReadAsync(made.Id)).Select(static m => m.Text).Should().Equal(Enumerable.Range(skipped + 1, 2_500 - skipped).Select(i => $"{other}{i}"));
    }

    [Test]
    public async Task ImportAsync_AFailoverLosesMessagesBetweenPieces_LeavesNoHole()
    {
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3) await Provider.LoseNewestEntriesAsync("messages", 500);
            return await commit();
        };

        await FluentActions.Invoking(() => ImportAsync("ann", File(Enumerable.Range(1, 2_500).Select(static i => Line(i, true))), null, "mine")).Should().ThrowAsync<StateConflictException>().WithMessage("Another attempt*");

        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task ImportAsync_InPieces_LeavesNoDraft()
    {
        await ImportAsync("ann", File(Enumerable.Range(1, 2_500).Select(static i => Line(i, true))), null, "mine");

        (await ExportAsync()).Select(static record => record.Key.Type).Should().Contain("messages").And.NotContain("conversation-draft");
    }

    [Test]
    public async Task ReadAndSearch_WhileAnImportIsUnfinished_FindNothing()
    {
        var id = await History.GetIdAsync("ann", "mine");
        var (commits, read, found) = (0, -1, -1);
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3)
            {
                read = (await History.ReadAsync(id)).Count;
                found = await History.SearchAsync(id, "1").CountAsync();
            }
            return await commit();
        };

        await ImportAsync("ann", File(Enumerable.Range(1, 2_500).Select(static i => Line(i, true))), null, "mine");

        (read, found).Should().Be((0, 0));
        (await History.ReadAsync(id)).Should().HaveCount(2_500);
        (await History.SearchAsync(id, "2500").CountAsync()).Should().Be(1);
    }

    [Test]
    public async Task ReadAsync_AnotherProcessDeletesTheConversationAndImportsItAnew_FindsNothingUntilTheEnd([Values] bool endSoon)
    {
        Action<BluePlanStateBuilder>? configure = endSoon ? static builder => builder.Configure(static options => options.History.Timeout = TimeSpan.FromMinutes(30)) : null;
        await StartAsync(configure);
        var id = (await History.CreateAsync("ann", null, "mine")).Id;
        await History.AppendAsync(id, [HistoryMessage.User("x")]);
        var other = (await JoinAsync(configure)).History;
        (await other.ReadAsync(id)).Should().HaveCount(1);
        await History.DeleteAsync(id);
        var (commits, read, found) = (0, -1, -1);
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3)
            {
                read = (await other.ReadAsync(id)).Count;
                found = await other.SearchAsync(id, "1").CountAsync();
            }
            return await commit();
        };

        await ImportAsync("ann", File(Enumerable.Range(1, 2_500).Select(static i => Line(i, true))), null, "mine");

        (read, found).Should().Be((0, 0));
        (await other.ReadAsync(id)).Should().HaveCount(2_500);
    }

    [Test]
    public async Task ReadAsync_AnImportEndsBehindTheFirstAnswer_IsWhole()
    {
        var id = await History.GetIdAsync("ann", "mine");
        var (commits, held, goOn) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3)
            {
                held.SetResult();
                await goOn.Task;
            }
            return await commit();
        };
        var import = ImportAsync("ann", File(Enumerable.Range(1, 2_500).Select(static i => Line(i, true))), null, "mine");
        await held.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Provider.OnRead = async (_, read) =>
        {
            Provider.OnRead = null;
            var answer = await read();
            goOn.SetResult();
            await import;
            return answer;
        };

        (await History.ReadAsync(id)).Should().HaveCount(2_500);
    }

    [Test]
    public async Task ImportAsync_SecondImportEndsBetweenPieces_ExistedAlready()
    {
        string[] lines = [.. Enumerable.Range(1, 2_500).Select(static i => Line(i, true))];
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3) await ImportAsync("ann", File(lines), "second", "mine");
            return await commit();
        };

        var result = await History.ImportAsync("ann", File(lines), new() { HostConversationId = "mine" });

        (result.Existing, result.Conversations[0].Title).Should().Be((1, "second"));
        (await History.ReadAsync(result.Conversations[0].Id)).Should().HaveCount(2_500);
    }

    [Test]
    public async Task ImportAsync_SeveralOfAFileAtOnce_MakeItOnceAndWhole()
    {
        string[] lines = [.. Enumerable.Range(1, 2_500).Select(static i => Line(i, false))];

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => History.ImportAsync("ann", File(lines), new() { HostConversationId = "mine" }))));

        results.Sum(static r => r.Existing).Should().Be(3);
        (await History.ReadAsync(results[0].Conversations[0].Id)).Select(static m => m.Text).Should().Equal(Enumerable.Range(1, 2_500).Select(static i => $"{i}"));
    }

    [Test]
    public async Task CreateAsync_WhileAnImportOfTheSameIdIsUnfinished_HasNoneOfItsMessages([Values] bool byImport)
    {
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3) await (byImport ? ImportAsync("ann", Stream.Null, null, "mine") : History.CreateAsync("ann", null, "mine"));
            return await commit();
        };

        var result = await History.ImportAsync("ann", File(Enumerable.Range(1, 2_500).Select(static i => Line(i, true))), new() { HostConversationId = "mine" });

        result.Existing.Should().Be(1);
        (await History.ReadAsync(result.Conversations[0].Id)).Should().BeEmpty();
        (await History.AppendAsync(result.Conversations[0].Id, [HistoryMessage.User("x")]))[0].Sequence.Should().Be(1);
    }
}
