using System.Globalization;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>Writes messages as JSON objects; see <see cref="OpenAiFormat"/>.</summary>
/// <param name="json">Where to.</param>
/// <param name="options">Whether they are plain.</param>
/// <param name="next">Called behind each object.</param>
internal sealed class OpenAiMessageWriter(Utf8JsonWriter json, HistoryExportOptions options, Action next)
{
    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="conversation">Writes the facts about the conversation; null but for its first message.</param>
    public void Write(HistoryMessage message, Action? conversation = null)
    {
        var results = message.ToolResults.Count;
        var hasMain = results == 0 || message.Text is not null || message.ToolCalls.Count > 0;
        var lines = results + (hasMain ? 1 : 0);
        var line = 0;
        // As the format wants it, calls stand before their results, and what else is said to results behind them.
        if (hasMain && message.ToolCalls.Count > 0) WriteMain(message, line++, lines, conversation);
        foreach (var result in message.ToolResults) WriteResult(message, result, line++, lines, conversation);
        if (hasMain && message.ToolCalls.Count == 0) WriteMain(message, line, lines, conversation);
    }

    private void WriteMain(HistoryMessage message, int line, int lines, Action? conversation)
    {
        Begin(message.Role, message, line);
        // Parts beside results stand with the message's first line.
        var content = Content(message.Role, message.Text, line == 0 ? message.Parts : null);
        if (message.ToolCalls.Count > 0) WriteCalls(message.ToolCalls);
        WriteMembers(message.Role, message.AdditionalProperties);
        if (!options.IsPlain) WriteExtension(message, line, lines, message.Role, content, conversation);
        End();
    }

    private void WriteResult(HistoryMessage message, ToolResult result, int line, int lines, Action? conversation)
    {
        Begin(MessageRole.Tool, message, line);
        json.WriteString("tool_call_id", result.CallId);
        var content = Content(MessageRole.Tool, result.Text, result.Parts);
        WriteMembers(MessageRole.Tool, result.AdditionalProperties);
        if (!options.IsPlain)
        {
            var own = line == 0 && message.Parts is { } parts ? new SaidContent(parts, 0, false, null) : default;
            WriteExtension(message, line, lines, MessageRole.Tool, own, conversation, () =>
            {
                if (line == 0 && message.AdditionalProperties.Count > 0) WriteObject("members", message.AdditionalProperties);
                if (content.Parts is { } unsaid) WriteElement("result_parts", unsaid);
                if (content.PartsFrom > 0) json.WriteNumber("result_parts_from", content.PartsFrom);
                if (content.HasText) json.WriteString("result_text", content.Text);
            });
        }
        End();
    }

    private void Begin(string role, HistoryMessage message, int line)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        if (line == 0 && message.Name is { } name && (!options.IsPlain || PlainExport.IsName(role, name))) json.WriteString("name", name);
    }

    private void End()
    {
        json.WriteEndObject();
        next();
    }

    /// <summary>Writes the content, and tells what it does not say.</summary>
    private SaidContent Content(string role, string? text, JsonElement? parts)
    {
        json.WritePropertyName("content");
        if (parts is not { } own)
        {
            json.WriteStringValue(text);
            return default;
        }
        var said = OpenAiFormat.TextOf(own);
        if (!OpenAiFormat.IsContent(role, own))
        {
            json.WriteStringValue(text ?? said);
            return new(own, 0, text is null && said is not null, null);
        }
        if (string.IsNullOrEmpty(text) || text == said)
        {
            own.WriteTo(json);
            return new(null, 0, text != said, text);
        }
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
        foreach (var part in own.EnumerateArray()) part.WriteTo(json);
        json.WriteEndArray();
        return new(null, 1, false, null);
    }

    private void WriteCalls(IReadOnlyList<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            var kind = call.AdditionalProperties.TryGetValue("type", out var type) && type.ValueKind is JsonValueKind.String ? type.GetString()! : "function";
            if (options.IsPlain && kind != "custom") kind = "function";
            json.WriteStartObject();
            json.WriteString("id", call.Id);
            json.WriteString("type", kind);
            if (kind is "function" or "custom")
            {
                json.WriteStartObject(kind);
                json.WriteString("name", call.Name);
                json.WriteString(kind == "custom" ? "input" : "arguments", call.ArgumentsJson);
                if (!options.IsPlain && call.AdditionalProperties.TryGetValue(kind, out var inner) && inner.ValueKind is JsonValueKind.Object)
                    foreach (var member in inner.EnumerateObject()) member.WriteTo(json);
                json.WriteEndObject();
            }
            if (!options.IsPlain) JsonMembers.Write(json, call.AdditionalProperties, "type", kind is "function" or "custom" ? kind : "type");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteMembers(string role, IReadOnlyDictionary<string, JsonElement> members)
    {
        foreach (var (name, value) in members)
            if (!options.IsPlain || PlainExport.IsMember(role, name, options.IsTrainingExample)) WriteElement(name, value);
    }

    private void WriteExtension(HistoryMessage message, int line, int lines, string role, SaidContent content, Action? conversation, Action? more = null)
    {
        json.WriteStartObject(OpenAiFormat.Extension);
        if (line > 0)
        {
            json.WriteString("continues", message.Id);
        }
        else
        {
            conversation?.Invoke();
            json.WriteString("id", message.Id);
            json.WriteNumber("sequence", message.Sequence);
            WriteInstant(json, "created_at", message.CreatedAt);
            WriteInstant(json, "edited_at", message.EditedAt);
            if (message.Pinned) json.WriteBoolean("pinned", true);
            if (role != message.Role) json.WriteString("role", message.Role);
            if (content.HasText) json.WriteString("text", content.Text);
            if (content.PartsFrom > 0) json.WriteNumber("parts_from", content.PartsFrom);
            if (content.Parts is { } parts) WriteElement("parts", parts);
            if (lines > 1) json.WriteNumber("lines", lines);
        }
        more?.Invoke();
        json.WriteEndObject();
    }

    private void WriteObject(string name, IReadOnlyDictionary<string, JsonElement> members)
    {
        json.WriteStartObject(name);
        JsonMembers.Write(json, members);
        json.WriteEndObject();
    }

    private void WriteElement(string name, JsonElement value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    public static void WriteInstant(Utf8JsonWriter json, string name, DateTimeOffset? instant)
    {
        if (instant is { } at) json.WriteString(name, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>What the content of a line does not say.</summary>
    /// <param name="Parts">The parts; null when the content is those parts, or there are none.</param>
    /// <param name="PartsFrom">From which index on the content is the parts, when text stands before them.</param>
    /// <param name="HasText">Whether the text is another than the content says.</param>
    /// <param name="Text">That text.</param>
    private readonly record struct SaidContent(JsonElement? Parts, int PartsFrom, bool HasText, string? Text);
}
