using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>What a message must be to be kept. Each fault is one sentence, which callers put where the message came from before.</summary>
internal static class MessageRules
{
    public const int MaximumPartsDepth = StoredJson.MaxPartsDepth;

    /// <summary>The members of a message in files.</summary>
    public static readonly string[] MessageMembers = ["role", "content", "name", "tool_calls", "tool_call_id", "function_call", OpenAiFormat.Extension];

    private static readonly string[] CallMembers = ["id"];

    /// <summary>Messages as they will be stored: checked, with an id and a time. Sequences are not given yet.</summary>
    /// <exception cref="ArgumentException">There is none, or one breaks a rule; nothing was written.</exception>
    public static HistoryMessage[] Prepare(IReadOnlyList<HistoryMessage> messages, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new ArgumentException("There is no message to append.", nameof(messages));
        var prepared = new HistoryMessage[messages.Count];
        var ids = messages.Count > 1 ? new HashSet<string>(messages.Count, StringComparer.Ordinal) : null;
        for (var i = 0; i < prepared.Length; i++)
        {
            if (Fault(messages[i]) is { } fault) throw new ArgumentException($"Message {i}: {fault}", nameof(messages));
            var message = Complete(messages[i], now);
            prepared[i] = message is { Sequence: 0, EditedAt: null } ? message : message with { Sequence = 0, EditedAt = null };
            if (ids?.Add(prepared[i].Id!) is false) throw new ArgumentException($"Message {i}: its id stands in the list twice.", nameof(messages));
        }
        return prepared;
    }

    /// <summary>The same message with an id, a time in whole milliseconds, and no JSON null for parts.</summary>
    public static HistoryMessage Complete(HistoryMessage message, DateTimeOffset now) => message with
    {
        Id = message.Id ?? StateETag.New().ToString(),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds((message.CreatedAt ?? now).ToUnixTimeMilliseconds()),
        Parts = message.Parts is { ValueKind: JsonValueKind.Null } ? null : message.Parts,
        ToolResults = message.ToolResults.Any(static r => r.Parts is { ValueKind: JsonValueKind.Null }) ? [.. message.ToolResults.Select(static r => r.Parts is { ValueKind: JsonValueKind.Null } ? r with { Parts = null } : r)]
            : message.ToolResults,
    };

    /// <summary>Whether a message that the conversation keeps is the one that is given again. What was edited since is
    /// taken for the same, as is another time.</summary>
    public static bool IsSame(HistoryMessage stored, HistoryMessage given) =>
        stored.EditedAt is not null || stored == given with { Sequence = stored.Sequence, CreatedAt = stored.CreatedAt };

    /// <summary>What is wrong with a message, as a sentence that quotes nothing of it; null = nothing.</summary>
    public static string? Fault(HistoryMessage? message)
    {
        if (message is null) return "it is null.";
        if (FaultOfName(message.Role) is { } role) return $"its role {role}";
        if (message.Id is not null && FaultOfName(message.Id) is { } id) return $"its id {id}";
        if (!IsWellFormed(message.Text) || !IsWellFormed(message.Name)) return "its text or name has half a surrogate pair, so it cannot be written as UTF-8.";
        return FaultOfCalls(message.ToolCalls) ?? FaultOfResults(message.ToolResults) ?? (message.Parts is { } parts ? FaultOfJson(parts, "its parts") : null)
            ?? FaultOfMembers(message.AdditionalProperties, MessageMembers, "it");
    }

    /// <summary>What is wrong with the further members of a conversation, as a sentence that quotes nothing of them; null = nothing.</summary>
    public static string? FaultOfConversation(IReadOnlyDictionary<string, JsonElement> members) => FaultOfMembers(members, [], "the conversation");

    private static string? FaultOfCalls(IReadOnlyList<ToolCall> calls)
    {
        if (calls is null) return "its list of tool calls is null; leave it empty.";
        var ids = calls.Count > 1 ? new HashSet<string>(calls.Count, StringComparer.Ordinal) : null;
        for (var i = 0; i < calls.Count; i++)
        {
            var call = calls[i];
            if (call is null || string.IsNullOrEmpty(call.Id) || string.IsNullOrEmpty(call.Name) || call.ArgumentsJson is null)
                return $"its tool call {i} lacks an id, a name or arguments; mint an id when the model gives none.";
            if (!IsWellFormed(call.Id) || !IsWellFormed(call.Name) || !IsWellFormed(call.ArgumentsJson)) return $"its tool call {i} has half a surrogate pair.";
            if (ids?.Add(call.Id) is false) return $"its tool call {i} has the id of another one.";
            if (FaultOfMembers(call.AdditionalProperties, CallMembers, $"its tool call {i}") is { } fault) return fault;
        }
        return null;
    }

    private static string? FaultOfResults(IReadOnlyList<ToolResult> results)
    {
        if (results is null) return "its list of tool results is null; leave it empty.";
        var ids = results.Count > 1 ? new HashSet<string>(results.Count, StringComparer.Ordinal) : null;
        for (var i = 0; i < results.Count; i++)
        {
            var result = results[i];
            if (result is null || string.IsNullOrEmpty(result.CallId) || result.Text is null) return $"its tool result {i} lacks a call id or a text.";
            if (!IsWellFormed(result.CallId) || !IsWellFormed(result.Text)) return $"its tool result {i} has half a surrogate pair.";
            if (ids?.Add(result.CallId) is false) return $"its tool result {i} answers the call of another one.";
            if (result.Parts is { } parts && FaultOfJson(parts, $"the parts of its tool result {i}") is { } unreadable) return unreadable;
            if (FaultOfMembers(result.AdditionalProperties, MessageMembers, $"its tool result {i}") is { } fault) return fault;
        }
        return null;
    }

    // What could be written but not read again is refused here: JSON too deep for the reader, and bytes or escapes that make no well-formed text.
    private static string? FaultOfJson(JsonElement json, string what)
    {
        if (json.ValueKind is JsonValueKind.Undefined) return $"{what} are an empty JsonElement; use null for none.";
        var raw = JsonMarshal.GetRawUtf8Value(json);
        if (!Utf8.IsValid(raw)) return $"{what} are not well-formed UTF-8.";
        try
        {
            var reader = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = MaximumPartsDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
            return null;
        }
        catch (JsonException)
        {
            return $"{what} nest deeper than {MaximumPartsDepth} levels.";
        }
        catch (InvalidOperationException)
        {
            return $"{what} have half a surrogate pair.";
        }
    }

    private static string? FaultOfMembers(IReadOnlyDictionary<string, JsonElement>? members, string[] own, string owner)
    {
        if (members is null) return $"{owner} has null for its additional properties; leave them empty.";
        if (members.Count == 0) return null;
        foreach (var (name, value) in members)
        {
            if (!IsWellFormed(name)) return $"{owner} has an additional property whose name has half a surrogate pair.";
            if (Array.IndexOf(own, name) >= 0) return $"{owner} has an additional property '{name}', which is a member of its own.";
            if (FaultOfJson(value, $"the additional properties of {(owner == "it" ? "the message" : owner)}") is { } fault) return fault;
        }
        return null;
    }

    private static string? FaultOfName(string? name) =>
        string.IsNullOrEmpty(name) ? "is missing."
        : name.Length > StateName.MaximumBytes / 3 && Encoding.UTF8.GetByteCount(name) > StateName.MaximumBytes ? $"takes more than {StateName.MaximumBytes} bytes in UTF-8."
        : !IsWellFormed(name) ? "has half a surrogate pair."
        : null;

    private static bool IsWellFormed(string? text) => text is null || StateText.IsWellFormed(text);
}
