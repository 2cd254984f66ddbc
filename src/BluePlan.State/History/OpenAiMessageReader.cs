using System.Globalization;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>Reads lines as messages; see <see cref="OpenAiFormat"/>. Takes files of other makers too: what it does not know it passes over, unless a message would lose a call by it.</summary>
internal static class OpenAiMessageReader
{
    /// <summary>All messages of a stream, complete, each with the number of its first line.</summary>
    /// <exception cref="InvalidDataException">A line cannot be kept as a message; the message says which and why.</exception>
    public static async Task<List<(int Line, HistoryMessage Message)>> ReadAsync(Stream source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var messages = new List<(int Line, HistoryMessage Message)>();
        var missing = 0;
        await foreach (var (number, line) in JsonLines.ReadAsync(source, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                using var json = JsonDocument.Parse(line, OpenAiFormat.ReaderOptions);
                if (json.RootElement.ValueKind is not JsonValueKind.Object) throw new InvalidDataException("it is not a JSON object.");
                var extension = Property(json.RootElement, OpenAiFormat.Extension, JsonValueKind.Object);
                if ((missing > 0) != (extension?.TryGetProperty("continues", out _) is true))
                    throw new InvalidDataException(missing > 0 ? "it does not go on with the message of the line before." : "the beginning of its message is missing.");
                if (missing > 0)
                {
                    var begun = messages[^1].Message;
                    if (Text(extension!.Value, "continues") != begun.Id) throw new InvalidDataException("it does not go on with the message of the line before.");
                    messages[^1] = (messages[^1].Line, Continue(begun, json.RootElement));
                    missing--;
                }
                else
                {
                    missing = extension is { } own && Property(own, "lines", JsonValueKind.Number) is { } lines ? lines.GetInt32() - 1 : 0;
                    messages.Add((number, Begin(json.RootElement, extension, now)));
                }
                if (missing <= 0 && MessageRules.Fault(messages[^1].Message) is { } fault) throw new InvalidDataException(fault);
            }
            catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or FormatException)
            {
                throw new InvalidDataException($"Line {number}: {(exception is InvalidDataException ? exception.Message : $"it is not readable JSON in UTF-8: {exception.Message}")}", exception);
            }
        }
        return missing <= 0 ? messages : throw new InvalidDataException($"Line {messages[^1].Line}: the file ends within its message.");
    }

    private static HistoryMessage Begin(JsonElement line, JsonElement? extension, DateTimeOffset now)
    {
        var message = Continue(new() { Role = Text(line, "role") ?? "", Name = Text(line, "name") }, line);
        if (extension is { } own)
        {
            message = message with
            {
                Role = Text(own, "role") ?? message.Role,
                Id = Text(own, "id"),
                Sequence = Property(own, "sequence", JsonValueKind.Number)?.GetInt64() ?? 0,
                CreatedAt = Instant(own, "created_at"),
                EditedAt = Instant(own, "edited_at"),
                Pinned = own.TryGetProperty("pinned", out var pinned) && pinned.ValueKind is JsonValueKind.True,
                Parts = own.TryGetProperty("parts", out var parts) ? parts.Clone() : message.Parts,
                Text = own.TryGetProperty("text", out _) ? Text(own, "text") : message.Text,
            };
        }
        return MessageRules.Fault(message) is { } fault ? throw new InvalidDataException(fault) : MessageRules.Complete(message, now);
    }

    // Adds what one line says to what the lines before said.
    private static HistoryMessage Continue(HistoryMessage message, JsonElement line)
    {
        if (line.TryGetProperty("function_call", out var old) && old.ValueKind is JsonValueKind.Object) throw new InvalidDataException("it has a function_call, the form before tool_calls; convert it.");
        var content = line.TryGetProperty("content", out var value) ? value : default;
        var text = content.ValueKind switch
        {
            JsonValueKind.String => content.GetString(),
            JsonValueKind.Array => OpenAiFormat.TextOf(content),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => throw new InvalidDataException("its content is neither a text nor an array of parts."),
        };
        var calls = line.TryGetProperty("tool_calls", out var list) && list.ValueKind is not JsonValueKind.Null ? Calls(list) : [];

        if (Text(line, "role") == MessageRole.Tool && Text(line, "tool_call_id") is { } callId)
        {
            var isPlain = content.ValueKind is not JsonValueKind.Array || content.EnumerateArray().All(static p => p.ValueKind is JsonValueKind.Object && p.TryGetProperty("type", out var type) && type.ValueEquals("text"u8));
            return message with { ToolResults = [.. message.ToolResults, new(callId, text ?? "")], Parts = isPlain ? message.Parts : content.Clone() };
        }
        return message with
        {
            Text = text,
            Parts = content.ValueKind is JsonValueKind.Array ? content.Clone() : message.Parts,
            ToolCalls = [.. message.ToolCalls, .. calls],
        };
    }

    private static List<ToolCall> Calls(JsonElement list)
    {
        if (list.ValueKind is not JsonValueKind.Array) throw new InvalidDataException("its tool_calls are not an array.");
        var calls = new List<ToolCall>();
        foreach (var call in list.EnumerateArray())
        {
            if (call.ValueKind is not JsonValueKind.Object || Property(call, "function", JsonValueKind.Object) is not { } function)
                throw new InvalidDataException($"its tool call {calls.Count} is not a call of a function.");
            // Some write the arguments as JSON rather than as a text of JSON.
            var arguments = function.TryGetProperty("arguments", out var a) ? a.ValueKind is JsonValueKind.String ? a.GetString()! : a.GetRawText() : "";
            calls.Add(new(Text(call, "id") ?? "", Text(function, "name") ?? "", arguments));
        }
        return calls;
    }

    private static JsonElement? Property(JsonElement element, string name, JsonValueKind kind)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null) return null;
        return value.ValueKind == kind ? value : throw new InvalidDataException($"its {name} is not of the kind {kind}.");
    }

    private static string? Text(JsonElement element, string name) => Property(element, name, JsonValueKind.String)?.GetString();

    private static DateTimeOffset? Instant(JsonElement element, string name) =>
        Text(element, name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime()
        : throw new InvalidDataException($"its {name} is not a time in ISO 8601.");
}
