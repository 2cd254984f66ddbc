using System.Text.Encodings.Web;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>
/// The names of the file format: JSON lines, each a message of OpenAI's chat completions API (https://platform.openai.com/docs/api-reference/chat/create),
/// with what that format has no word for in one object of our own.
/// </summary>
/// <remarks>
/// <code>
/// {"role":"user","content":"…","blueplan_state":{"id":"…","sequence":1,"created_at":"2026-03-01T12:00:00.000Z"}}
/// {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"…","arguments":"…"}}],"blueplan_state":{…}}
/// {"role":"tool","tool_call_id":"call_1","content":"…","blueplan_state":{…}}
/// </code>
/// <para>The object on a message's first line has: <c>id, sequence, created_at, edited_at, pinned</c>; <c>role</c> when the line's own is another; <c>parts</c> when the content is
/// not those very parts; <c>text</c>, perhaps null, when the content does not say it; <c>lines</c> when the message takes several, because it has several results or results beside other
/// content. The lines after the first have <c>continues</c>: the message's id.</para>
/// </remarks>
internal static class OpenAiFormat
{
    public const string Extension = "blueplan_state";

    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = MessageRules.MaximumPartsDepth + 8 };

    /// <summary>Whether JSON is an array of content parts as the format has them, so that it can stand as content.</summary>
    public static bool IsContent(JsonElement parts) =>
        parts.ValueKind is JsonValueKind.Array && parts.EnumerateArray().All(static p => p.ValueKind is JsonValueKind.Object && p.TryGetProperty("type", out var type) && type.ValueKind is JsonValueKind.String);

    /// <summary>The text that content parts say: their texts, a line each; null when there is none.</summary>
    public static string? TextOf(JsonElement parts)
    {
        var texts = parts.EnumerateArray()
            .Where(static p => p.ValueKind is JsonValueKind.Object && p.TryGetProperty("type", out var type) && type.ValueKind is JsonValueKind.String && type.ValueEquals("text"u8))
            .Select(static p => p.TryGetProperty("text", out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null)
            .OfType<string>().ToArray();
        return texts.Length == 0 ? null : string.Join('\n', texts);
    }
}
