using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>Writes messages as lines; see <see cref="OpenAiFormat"/>.</summary>
internal sealed class OpenAiMessageWriter(IBufferWriter<byte> destination) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(destination, OpenAiFormat.WriterOptions);

    public void Write(HistoryMessage message)
    {
        var results = message.ToolResults.Count;
        var hasMain = results == 0 || message.Text is not null || message.ToolCalls.Count > 0;
        var lines = results + (hasMain ? 1 : 0);
        var line = 0;
        // As the format wants it, calls stand before their results, and what else is said to results behind them.
        if (hasMain && message.ToolCalls.Count > 0) WriteMain(message, line++, lines);
        foreach (var result in message.ToolResults) WriteResult(message, result, line++, lines);
        if (hasMain && message.ToolCalls.Count == 0) WriteMain(message, line, lines);
    }

    public void Dispose() => _json.Dispose();

    private void WriteMain(HistoryMessage message, int line, int lines)
    {
        Begin(message.Role);
        if (line == 0 && message.Name is not null) _json.WriteString("name", message.Name);
        var isContent = line == 0 && message.Parts is { } parts && OpenAiFormat.IsContent(parts);
        _json.WritePropertyName("content");
        if (isContent) message.Parts!.Value.WriteTo(_json);
        else _json.WriteStringValue(message.Text);
        if (message.ToolCalls.Count > 0)
        {
            _json.WriteStartArray("tool_calls");
            foreach (var call in message.ToolCalls)
            {
                _json.WriteStartObject();
                _json.WriteString("id", call.Id);
                _json.WriteString("type", "function");
                _json.WriteStartObject("function");
                _json.WriteString("name", call.Name);
                _json.WriteString("arguments", call.ArgumentsJson);
                _json.WriteEndObject();
                _json.WriteEndObject();
            }
            _json.WriteEndArray();
        }
        End(message, line, lines, message.Role, isContent);
    }

    private void WriteResult(HistoryMessage message, ToolResult result, int line, int lines)
    {
        Begin(MessageRole.Tool);
        if (line == 0 && message.Name is not null) _json.WriteString("name", message.Name);
        _json.WriteString("tool_call_id", result.CallId);
        _json.WriteString("content", result.Text);
        End(message, line, lines, MessageRole.Tool, isContent: false);
    }

    private void Begin(string role)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("role", role);
    }

    private void End(HistoryMessage message, int line, int lines, string role, bool isContent)
    {
        _json.WriteStartObject(OpenAiFormat.Extension);
        if (line > 0)
        {
            _json.WriteString("continues", message.Id);
        }
        else
        {
            _json.WriteString("id", message.Id);
            _json.WriteNumber("sequence", message.Sequence);
            WriteInstant("created_at", message.CreatedAt);
            WriteInstant("edited_at", message.EditedAt);
            if (message.Pinned) _json.WriteBoolean("pinned", true);
            if (role != message.Role) _json.WriteString("role", message.Role);
            if (isContent && message.Text != OpenAiFormat.TextOf(message.Parts!.Value)) _json.WriteString("text", message.Text);
            if (!isContent && message.Parts is { } parts)
            {
                _json.WritePropertyName("parts");
                parts.WriteTo(_json);
            }
            if (lines > 1) _json.WriteNumber("lines", lines);
        }
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        destination.Write("\n"u8);
    }

    private void WriteInstant(string name, DateTimeOffset? instant)
    {
        if (instant is { } at) _json.WriteString(name, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
