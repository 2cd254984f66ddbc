using System.Text;
using System.Text.Json;
using FluentAssertions;

namespace BluePlan.State.Conformance;

/// <summary>What tests of copies, exports and imports of conversations share.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryTransferFixture<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    /// <summary>The manager under test.</summary>
    protected IHistoryManager History => State.History;

    /// <inheritdoc/>
    protected override void Configure(BluePlanStateBuilder builder) => builder.Configure(static o => o.History.MaximumMessages = null);

    /// <summary>Creates a conversation of "ann" that has everything a message can have.</summary>
    protected async Task<Conversation> MakeAsync()
    {
        var created = await History.CreateAsync("ann", "trip");
        await History.AppendAsync(created.Id,
        [
            HistoryMessage.System("rules") with { Pinned = true },
            HistoryMessage.User("北京 😀") with { Parts = JsonElement.Parse("""{"mine":[1.0,"é"]}"""), Name = "Ann" },
            HistoryMessage.Assistant("let me see", new ToolCall("x", "t", ""), new ToolCall("y", "t", "{\"n\":2}")),
            HistoryMessage.Tool("x", "rx"), HistoryMessage.Tool("y", ""),
            HistoryMessage.Assistant("done") with { CreatedAt = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero) },
        ]);
        return created;
    }

    /// <summary>Deletes a conversation as soon as the next read has answered.</summary>
    protected void DeleteAfterTheNextRead(string id) => Provider.OnRead = async (_, read) =>
    {
        Provider.OnRead = null;
        var answer = await read();
        await History.DeleteAsync(id);
        return answer;
    };

    /// <summary>Exports a conversation.</summary>
    protected async Task<byte[]> ExportAsync(string id, HistoryExportOptions? options = null)
    {
        var file = new MemoryStream();
        await History.ExportAsync(id, file, options);
        file.CanWrite.Should().BeTrue("the stream stays open");
        return file.ToArray();
    }

    /// <summary>Imports a file of one conversation.</summary>
    protected async Task<Conversation> ImportAsync(string userId, Stream source, string? title = null, string? hostId = null) =>
        (await History.ImportAsync(userId, source, new() { Title = title, HostConversationId = hostId })).Conversations.Should().ContainSingle().Subject;

    /// <summary>A user's message as a line of a file; with an id and a sequence as an export has them, or without.</summary>
    protected static string Line(int number, bool withId, string text = "") =>
        $"{{\"role\":\"user\",\"content\":\"{text}{number}\"{(withId ? $",\"blueplan_state\":{{\"id\":\"m{number}\",\"sequence\":{number}}}" : "")}}}";

    /// <summary>A file of these lines.</summary>
    protected static MemoryStream File(IEnumerable<string> lines) => new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    /// <summary>The lines of a file.</summary>
    protected static string[] Lines(byte[] file) => Encoding.UTF8.GetString(file).Split('\n');

    /// <summary>Further members of a message or a call.</summary>
    protected static Dictionary<string, JsonElement> Members(params (string Name, string Json)[] members) => members.ToDictionary(static m => m.Name, static m => JsonElement.Parse(m.Json));
}
