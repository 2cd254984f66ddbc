using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Search in conversations.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistorySearchConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IHistoryManager History => State.History;

    [Test]
    public async Task SearchAsync_AnyScript_FindsTheNewestFirst()
    {
        var id = await MakeAsync("ann", HistoryMessage.User("我想预订北京的酒店"), HistoryMessage.Assistant("Which district of BEIJING (北京)?"), HistoryMessage.User("ΣΊΣΥΦΟΣ 😀"), HistoryMessage.User("مرحبا بالعالم"), HistoryMessage.User("İSTANBUL"));

        (await FindAsync(id, "北京")).Should().Equal(2, 1);
        (await FindAsync(id, "beijing")).Should().Equal(2);
        (await FindAsync(id, "σίσυφος")).Should().Equal(3);
        (await FindAsync(id, "😀")).Should().Equal(3);
        (await FindAsync(id, "بالعالم")).Should().Equal(4);
        (await FindAsync(id, "istanbul")).Should().Equal(5);
        (await FindAsync(id, "上海")).Should().BeEmpty();
        (await FindAsync(id, "% _ * ? [a]")).Should().BeEmpty();
    }

    [Test]
    public async Task SearchAsync_ToolResult_ComesWithItsCall()
    {
        var id = await MakeAsync("ann", HistoryMessage.User("q"), HistoryMessage.Assistant(null, new ToolCall("a", "t", "needle"), new ToolCall("b", "t", "")), HistoryMessage.User("go on"), HistoryMessage.Tool("b", "Needle"), HistoryMessage.User("needle"));

        var found = await History.SearchAsync(id, "needle").ToListAsync();

        found.Select(static m => m.Message.Sequence).Should().Equal(5, 4);
        found[0].Calls.Should().BeEmpty();
        found[1].Calls.Select(static m => m.Sequence).Should().Equal(2);
        found.Should().OnlyContain(m => m.ConversationId == id);
    }

    [Test]
    public async Task SearchAsync_LongConversation_StreamsAndKeepsTheOrder()
    {
        await StartAsync(static b => b.Configure(static o => o.History.MaximumMessages = null));
        var messages = Enumerable.Range(1, 1_000).Select(static i => i switch
        {
            10 => HistoryMessage.Assistant(null, new ToolCall("late", "t", "")),
            15 => HistoryMessage.Assistant(null, new ToolCall("lost", "t", "")),
            20 => HistoryMessage.Tool("lost", "") with { ToolCalls = [new("of a hidden message", "t", "")] },
            700 => HistoryMessage.Tool("late", "needle"),
            800 => HistoryMessage.Tool("lost", "needle"),
            801 => HistoryMessage.Tool("of a hidden message", "needle"),
            5 or 300 or 900 or 999 => HistoryMessage.User($"a needle {i}"),
            _ => HistoryMessage.User("hay"),
        });
        var id = await MakeAsync("ann", [.. messages]);
        await Provider.LoseEntryAsync("messages", 15);
        Provider.ResetCounts();

        await foreach (var match in History.SearchAsync(id, "needle"))
        {
            match.Message.Sequence.Should().Be(999);
            break;
        }
        Provider.Reads.Should().Be(1, "the rest is not read");
        (await FindAsync(id, "NEEDLE")).Should().Equal(999, 900, 700, 300, 5);
    }

    [Test]
    public async Task SearchUserAsync_SeveralConversations_GoesByLastActivity()
    {
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            ids.Add(await MakeAsync("ann", HistoryMessage.User($"needle {i}"), HistoryMessage.User("hay"), HistoryMessage.User($"NEEDLE {i}")));
            await AdvanceAsync(0.05);
        }
        await History.CreateAsync("ann");
        await MakeAsync("bob", HistoryMessage.User("needle"));

        var found = await History.SearchUserAsync("ann", "needle").ToListAsync();

        found.Select(static m => (m.ConversationId, m.Message.Sequence)).Should().Equal(Enumerable.Reverse(ids).SelectMany(static id => new[] { (id, 3L), (id, 1L) }));
        (await History.SearchUserAsync("nobody", "needle").ToListAsync()).Should().BeEmpty();
    }

    [Test]
    public void SearchAsync_NothingToFind_Throws()
    {
        foreach (var bad in new[] { null, "", "\uD83D" })
        {
            FluentActions.Invoking(() => History.SearchAsync(new('0', 36), bad!)).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => History.SearchUserAsync("ann", bad!)).Should().Throw<ArgumentException>();
        }
    }

    private async Task<string> MakeAsync(string userId, params HistoryMessage[] messages)
    {
        var id = (await History.CreateAsync(userId)).Id;
        await History.AppendAsync(id, messages);
        return id;
    }

    private async Task<IReadOnlyList<long>> FindAsync(string id, string text) => await History.SearchAsync(id, text).Select(static m => m.Message.Sequence).ToListAsync();
}
