using System.Text.Encodings.Web;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>
/// The names of the file format: JSON lines, each a message of OpenAI's chat completions API
/// (https://platform.openai.com/docs/api-reference/chat/create) or a training example of its fine-tuning API
/// (https://platform.openai.com/docs/api-reference/fine-tuning), with what these have no word for in one object of our
/// own.
/// </summary>
/// <remarks>
/// <code>
/// {"role":"user","content":"…","blueplan_state":{"conversation":{"id":"…","title":"…"},"id":"…","sequence":1,"created_at":"2026-03-01T12:00:00.000Z"}}
/// {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"…","arguments":"…"}}],"blueplan_state":{…}}
/// {"role":"tool","tool_call_id":"call_1","content":"…","blueplan_state":{…}}
/// {"messages":[…],"tools":[…],"blueplan_state":{"conversation":{…}}}
/// </code>
/// <para>The object on a message's first line has: <c>id, sequence, created_at, edited_at, pinned</c>; <c>role</c> when the line's own is another; <c>parts</c> when the content is
/// not those very parts, or <c>parts_from</c> when they are the content from that index on, behind the text;
/// <c>text</c>, perhaps null, when the content does not say it; <c>members</c>, the message's further members when the
/// line is a result's; <c>lines</c> when the message takes several, because it has several results or results beside
/// other content. The lines after the first have <c>continues</c>: the message's id. A result's line has
/// <c>result_parts</c> and <c>result_text</c> when its content does not say them.</para>
/// <para><c>conversation</c> stands on the first line of a conversation: its <c>id, host_id, title, created_at</c> and
/// further <c>members</c>. A conversation without messages is a training example without them.</para>
/// </remarks>
internal static class OpenAiFormat
{
    public const string Extension = "blueplan_state";

    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = MessageRules.MaximumPartsDepth + 8 };

    /// <summary>Whether JSON is a list of content parts that the format has for a role, so that it can stand as
    /// content.</summary>
    public static bool IsContent(string role, JsonElement parts) =>
        parts.ValueKind is JsonValueKind.Array && parts.GetArrayLength() > 0
        && parts.EnumerateArray().All(part => part.ValueKind is JsonValueKind.Object && part.TryGetProperty("type", out var type) && type.ValueKind is JsonValueKind.String && IsKind(role, type.GetString()!));

    /// <summary>The text that content parts say: their texts, a line each; null when there is none.</summary>
    public static string? TextOf(JsonElement parts)
    {
        if (parts.ValueKind is not JsonValueKind.Array) return null;
        string[] texts = [.. parts.EnumerateArray().Select(TextOfPart).OfType<string>()];
        return texts.Length == 0 ? null : string.Join('\n', texts);
    }

    private static string? TextOfPart(JsonElement part)
    {
        if (part.ValueKind is JsonValueKind.String) return part.GetString();
        if (part.ValueKind is not JsonValueKind.Object || !part.TryGetProperty("type", out var type) || type.ValueKind is not JsonValueKind.String) return null;
        // The responses API has other words for what chat completions call text.
        return type.GetString() is "text" or "input_text" or "output_text" && part.TryGetProperty("text", out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;
    }

    private static bool IsKind(string role, string kind) => role switch
    {
        MessageRole.User => kind is "text" or "image_url" or "input_audio" or "file",
        MessageRole.Assistant => kind is "text" or "refusal",
        _ => kind is "text",
    };
}
