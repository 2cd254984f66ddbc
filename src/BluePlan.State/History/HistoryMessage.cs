using System.Text.Json;

namespace BluePlan.State;

/// <summary>One message of a conversation. Immutable; two are equal when everything they hold is equal.</summary>
/// <remarks>All texts are well-formed Unicode; half a surrogate pair is refused on append.</remarks>
public sealed record HistoryMessage
{
    /// <summary>Who speaks: one of <see cref="MessageRole"/>, or any other word of 1 to 384 bytes in UTF-8, which is kept as it is. Case matters.</summary>
    public required string Role { get; init; }

    /// <summary>What is said; null and empty are two things, and come back as they went in.</summary>
    public string? Text { get; init; }

    /// <summary>The speaker's name; null = none.</summary>
    public string? Name { get; init; }

    /// <summary>The tools that the model wants called. No id twice.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>What tools answered: one result a message, or several. No call twice.</summary>
    public IReadOnlyList<ToolResult> ToolResults { get; init; } = [];

    /// <summary>The host's own content, for instance images or an SDK's content parts: any JSON up to 256 levels deep, which comes back with the same meaning. A JSON null is the same as null.</summary>
    public JsonElement? Parts { get; init; }

    /// <summary>
    /// Further members of the message, for example <c>refusal</c>, <c>audio</c>, <c>weight</c> or
    /// <c>reasoning_content</c>. They are kept and returned, never interpreted. Names of the message's own members in
    /// files (<c>role</c>, <c>content</c>, <c>name</c>, <c>tool_calls</c>, <c>tool_call_id</c>, <c>function_call</c>,
    /// <c>blueplan_state</c>) are refused.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> AdditionalProperties { get; init; } = JsonMembers.None;

    /// <summary>Whether the message stays when the conversation is trimmed, as system messages do anyway.</summary>
    public bool Pinned { get; init; }

    /// <summary>The message's own id, by which an append is idempotent: 1 to 384 bytes in UTF-8, unique in its conversation. Null on append = one is minted.</summary>
    public string? Id { get; init; }

    /// <summary>The message's place, from 1, given by the append. It rises, is never given again, and is the only order of a conversation. Not read on append.</summary>
    public long Sequence { get; init; }

    /// <summary>When it was written, in whole milliseconds UTC. Null on append = now. Says nothing about order.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last edited; null = never. Not read on append.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>Whether a turn begins here. A user message with tool results, as some models want them, goes on with the turn of their call.</summary>
    internal bool BeginsTurn => Role == MessageRole.User && ToolResults.Count == 0;

    /// <summary>Whether it instructs the model.</summary>
    internal bool IsInstruction => Role is MessageRole.System or MessageRole.Developer;

    /// <summary>Whether trimming leaves it, unless a newer instruction takes its place; see
    /// <see cref="Instructions"/>.</summary>
    internal bool Stays => Pinned || IsInstruction;

    /// <summary>A message of the user.</summary>
    public static HistoryMessage User(string text) => new() { Role = MessageRole.User, Text = text };

    /// <summary>A message of the model.</summary>
    public static HistoryMessage Assistant(string text) => new() { Role = MessageRole.Assistant, Text = text };

    /// <summary>A message of the model that wants tools called.</summary>
    public static HistoryMessage Assistant(string? text, params IReadOnlyList<ToolCall> toolCalls) => new() { Role = MessageRole.Assistant, Text = text, ToolCalls = toolCalls };

    /// <summary>Instructions to the model.</summary>
    public static HistoryMessage System(string text) => new() { Role = MessageRole.System, Text = text };

    /// <summary>What a tool answered.</summary>
    public static HistoryMessage Tool(string callId, string text) => new() { Role = MessageRole.Tool, ToolResults = [new(callId, text)] };

    /// <summary>Compares contents, those of lists and of <see cref="Parts"/> too.</summary>
    public bool Equals(HistoryMessage? other) =>
        other is not null && Role == other.Role && Text == other.Text && Name == other.Name && Pinned == other.Pinned
        && Id == other.Id && Sequence == other.Sequence && CreatedAt == other.CreatedAt && EditedAt == other.EditedAt
        && ToolCalls.SequenceEqual(other.ToolCalls) && ToolResults.SequenceEqual(other.ToolResults)
        && (Parts is { } parts ? other.Parts is { } others && JsonElement.DeepEquals(parts, others) : other.Parts is null)
        && JsonMembers.AreEqual(AdditionalProperties, other.AdditionalProperties);

    /// <summary>Role and sequence, for debugging: never what is said.</summary>
    public override string ToString() => $"{Role} {Sequence}";

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Text, Id, Sequence);
}
