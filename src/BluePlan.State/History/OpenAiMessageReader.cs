using System.Buffers;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>Reads JSON objects as the messages of one conversation; see <see cref="OpenAiFormat"/>.</summary>
internal sealed class OpenAiMessageReader(ImportedConversation conversation, DateTimeOffset now, List<HistoryImportChange> changes)
{
    private const string FunctionRole = "function";

    private readonly ImportedCalls _calls = new();
    private int _missing;
    private int _line;

    /// <summary>Reads a message, or a further part of the one before.</summary>
    /// <exception cref="InvalidDataException">It cannot be kept.</exception>
    public void Read(int number, JsonElement line, JsonElement? extension)
    {
        _line = number;
        var messages = conversation.Messages;
        var continues = extension?.TryGetProperty("continues", out _) is true;
        if (_missing > 0 != continues) throw new InvalidDataException(_missing > 0 ? "it does not go on with the message of the line before." : "the beginning of its message is missing.");
        if (continues)
        {
            var (begun, first) = (messages[^1].Message, messages[^1].Line);
            if (FileMember.Text(extension!.Value, "continues") != begun.Id) throw new InvalidDataException("it does not go on with the message of the line before.");
            messages[^1] = (first, Continue(begun, line, extension));
            _missing--;
        }
        else
        {
            _missing = extension is { } own && FileMember.Property(own, "lines", JsonValueKind.Number) is { } lines ? lines.GetInt32() - 1 : 0;
            messages.Add((number, Begin(line, extension)));
        }
        if (_missing <= 0 && MessageRules.Fault(messages[^1].Message) is { } fault) throw new InvalidDataException(fault);
    }

    /// <summary>No more messages follow.</summary>
    /// <exception cref="InvalidDataException">The last one is not whole.</exception>
    public void End()
    {
        if (_missing > 0) throw new InvalidDataException($"Line {conversation.Messages[^1].Line}: the file ends within its message.");
    }

    private HistoryMessage Begin(JsonElement line, JsonElement? extension)
    {
        var role = FileMember.Text(line, "role") ?? "";
        if (role == FunctionRole && !IsOwn(extension)) role = MessageRole.Tool;
        var message = Continue(new() { Role = role, Name = FileMember.Text(line, "name") }, line, extension);
        if (extension is { } own)
        {
            message = message with
            {
                Role = FileMember.Text(own, "role") ?? message.Role,
                Id = FileMember.Text(own, "id"),
                Sequence = FileMember.Property(own, "sequence", JsonValueKind.Number)?.GetInt64() ?? 0,
                CreatedAt = FileMember.Instant(own, "created_at"),
                EditedAt = FileMember.Instant(own, "edited_at"),
                Pinned = own.TryGetProperty("pinned", out var pinned) && pinned.ValueKind is JsonValueKind.True,
                Parts = own.TryGetProperty("parts", out var parts) ? parts.Clone() : message.Parts,
                Text = own.TryGetProperty("text", out _) ? FileMember.Text(own, "text") : message.Text,
                AdditionalProperties = FileMember.Property(own, "members", JsonValueKind.Object) is { } members ? JsonMembers.Unknown(members) : message.AdditionalProperties,
            };
        }
        return MessageRules.Fault(message) is { } fault ? throw new InvalidDataException(fault) : MessageRules.Complete(message, now);
    }

    // Adds what one line says to what the lines before said.
    private HistoryMessage Continue(HistoryMessage message, JsonElement line, JsonElement? extension)
    {
        var role = FileMember.Text(line, "role");
        var isFunction = role == FunctionRole && !IsOwn(extension);
        var (text, parts) = Content(line, extension);
        var unknown = JsonMembers.Unknown(line, MessageRules.MessageMembers);
        if (isFunction || role == MessageRole.Tool && (line.TryGetProperty("tool_call_id", out _) || !IsOwn(extension)))
        {
            var id = FileMember.Text(line, "tool_call_id") ?? "";
            var answered = _calls.Answer(id, isFunction ? FileMember.Text(line, "name") ?? "" : null);
            if (isFunction) Change(HistoryImportChangeKind.FunctionCallConverted);
            else if (answered is not null && answered != id) Change(HistoryImportChangeKind.ResultMatched);
            // A result that answers nothing is told from the others when all messages are there.
            var callId = answered ?? (id.Length > 0 ? id : "call_unknown");
            if (extension is { } own && own.TryGetProperty("result_parts", out var kept)) parts = kept.Clone();
            if (extension is { } said && said.TryGetProperty("result_text", out _)) text = FileMember.Text(said, "result_text");
            return message with { ToolResults = [.. message.ToolResults, new(callId, text ?? "") { Parts = parts, AdditionalProperties = unknown }] };
        }
        return message with
        {
            Text = text,
            Parts = parts ?? message.Parts,
            ToolCalls = [.. message.ToolCalls, .. Calls(line)],
            AdditionalProperties = unknown.Count > 0 ? unknown : message.AdditionalProperties,
        };
    }

    private (string? Text, JsonElement? Parts) Content(JsonElement line, JsonElement? extension)
    {
        var content = line.TryGetProperty("content", out var value) ? value : default;
        switch (content.ValueKind)
        {
            case JsonValueKind.String: return (content.GetString(), null);
            case JsonValueKind.Null or JsonValueKind.Undefined: return (null, null);
            case JsonValueKind.Object:
                Change(HistoryImportChangeKind.ContentConverted);
                return (content.GetRawText(), null);
            case not JsonValueKind.Array: throw new InvalidDataException("its content is neither a text nor an array of parts.");
        }
        foreach (var name in (ReadOnlySpan<string>)["parts_from", "result_parts_from"])
            if (extension is { } own && FileMember.Property(own, name, JsonValueKind.Number) is { } from && from.GetInt32() is 1 && content.GetArrayLength() > 0)
                return (FileMember.Text(content[0], "text"), From(content, 1));
        return (OpenAiFormat.TextOf(content), content.Clone());
    }

    private static JsonElement From(JsonElement parts, int index)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, OpenAiFormat.WriterOptions))
        {
            json.WriteStartArray();
            foreach (var part in parts.EnumerateArray().Skip(index)) part.WriteTo(json);
            json.WriteEndArray();
        }
        using var array = JsonDocument.Parse(buffer.WrittenMemory, OpenAiFormat.ReaderOptions);
        return array.RootElement.Clone();
    }

    private List<ToolCall> Calls(JsonElement line)
    {
        var calls = new List<ToolCall>();
        _calls.Begin();
        if (FileMember.Property(line, "function_call", JsonValueKind.Object) is { } old)
        {
            Change(HistoryImportChangeKind.FunctionCallConverted);
            var name = FileMember.Text(old, "name") ?? "";
            calls.Add(new(_calls.Add("", name), name, Input(old, "arguments")));
        }
        if (!line.TryGetProperty("tool_calls", out var list) || list.ValueKind is JsonValueKind.Null) return calls;
        if (list.ValueKind is not JsonValueKind.Array) throw new InvalidDataException("its tool_calls are not an array.");
        foreach (var call in list.EnumerateArray())
        {
            if (call.ValueKind is not JsonValueKind.Object) throw new InvalidDataException($"its tool call {calls.Count} is not a JSON object.");
            var given = FileMember.Text(call, "id") ?? "";
            var id = _calls.Add(given);
            if (id != given) Change(HistoryImportChangeKind.CallIdCreated);
            calls.Add(Call(call, id, calls.Count));
        }
        return calls;
    }

    private static ToolCall Call(JsonElement call, string id, int index)
    {
        var kind = FileMember.Text(call, "type") ?? "function";
        if (kind is "function" or "custom")
        {
            var inner = FileMember.Property(call, kind, JsonValueKind.Object) ?? throw new InvalidDataException($"its tool call {index} has no {kind}.");
            var input = kind == "custom" ? "input" : "arguments";
            var members = JsonMembers.Unknown(call, "id", "type", kind);
            if (kind == "custom" || JsonMembers.Unknown(inner, "name", input).Count > 0)
            {
                var more = new Dictionary<string, JsonElement>(members, StringComparer.Ordinal);
                if (kind == "custom") more["type"] = call.GetProperty("type").Clone();
                if (Without(inner, "name", input) is { } rest) more[kind] = rest;
                members = more;
            }
            return new(id, FileMember.Text(inner, "name") ?? "", Input(inner, input)) { AdditionalProperties = members };
        }
        // A kind that vendors add: its name stands in the object of that kind, if anywhere, and all of it is given back
        // as it is.
        var own = call.TryGetProperty(kind, out var body) ? body : default;
        var name = own.ValueKind is JsonValueKind.Object && own.TryGetProperty("name", out var named) && named.ValueKind is JsonValueKind.String ? named.GetString()! : kind;
        return new(id, name.Length > 0 ? name : kind, own.ValueKind is JsonValueKind.Undefined ? "" : own.GetRawText()) { AdditionalProperties = JsonMembers.Unknown(call, "id") };
    }

    private static JsonElement? Without(JsonElement element, params ReadOnlySpan<string> names)
    {
        var members = JsonMembers.Unknown(element, names);
        if (members.Count == 0) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, OpenAiFormat.WriterOptions))
        {
            json.WriteStartObject();
            JsonMembers.Write(json, members);
            json.WriteEndObject();
        }
        using var rest = JsonDocument.Parse(buffer.WrittenMemory, OpenAiFormat.ReaderOptions);
        return rest.RootElement.Clone();
    }

    // Some write the arguments as JSON rather than as a text of JSON.
    private static string Input(JsonElement call, string name) =>
        !call.TryGetProperty(name, out var input) ? "" : input.ValueKind is JsonValueKind.String ? input.GetString()! : input.GetRawText();

    private static bool IsOwn(JsonElement? extension) => extension?.TryGetProperty("id", out _) is true || extension?.TryGetProperty("continues", out _) is true;

    private void Change(HistoryImportChangeKind kind) => changes.Add(new(_line, kind));
}
