using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Messages to log entries and back.</summary>
internal static class MessageCodec
{
    public static PooledBuffer Encode(StateCodec codec, StateKey log, HistoryMessage message) =>
        codec.EncodeRecord(ValueLocation.Entry(log, message.Id), Stored(message), HistoryJson.Default.StoredMessage);

    /// <summary>The most bytes that a message takes, whatever its conversation.</summary>
    public static long Measure(StateCodec codec, HistoryMessage message) => codec.Measure(Stored(message), HistoryJson.Default.StoredMessage);

    /// <exception cref="StateCorruptionException">It does not decode.</exception>
    public static HistoryMessage Decode(StateCodec codec, StateKey log, LogEntry entry)
    {
        var stored = codec.Decode(ValueLocation.Entry(log, entry.Id), entry.Value).ReadRecord(HistoryJson.Default.StoredMessage);
        return new()
        {
            Role = MessageRole.Intern(stored.Role),
            Text = stored.Text,
            Name = stored.Name,
            ToolCalls = stored.Calls is { } calls ? Array.ConvertAll(calls, static c => new ToolCall(c.Id, c.Name, c.Arguments) { AdditionalProperties = JsonMembers.FromStored(c.Members) }) : [],
            ToolResults = stored.Results is { } results ? Array.ConvertAll(results, static r => new ToolResult(r.CallId, r.Text) { Parts = r.Parts, AdditionalProperties = JsonMembers.FromStored(r.Members) }) : [],
            Parts = stored.Parts,
            AdditionalProperties = JsonMembers.FromStored(stored.Members),
            Pinned = stored.Pinned,
            Id = entry.Id,
            Sequence = entry.Sequence,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(stored.CreatedAt),
            EditedAt = stored.EditedAt is { } edited ? DateTimeOffset.FromUnixTimeMilliseconds(edited) : null,
        };
    }

    private static StoredMessage Stored(HistoryMessage message) => new()
    {
        Role = message.Role,
        Text = message.Text,
        Name = message.Name,
        Calls = message.ToolCalls.Count == 0 ? null : [.. message.ToolCalls.Select(static c => new StoredCall { Id = c.Id, Name = c.Name, Arguments = c.ArgumentsJson, Members = JsonMembers.ToStored(c.AdditionalProperties) })],
        Results = message.ToolResults.Count == 0 ? null : [.. message.ToolResults.Select(static r => new StoredResult { CallId = r.CallId, Text = r.Text, Parts = r.Parts, Members = JsonMembers.ToStored(r.AdditionalProperties) })],
        Parts = message.Parts,
        Members = JsonMembers.ToStored(message.AdditionalProperties),
        Pinned = message.Pinned,
        CreatedAt = message.CreatedAt!.Value.ToUnixTimeMilliseconds(),
        EditedAt = message.EditedAt?.ToUnixTimeMilliseconds(),
    };
}
