using System.Runtime.InteropServices;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>Which user message answers which request for approval.</summary>
/// <remarks>
/// A request is a message with a call that is open when the user speaks next, or one whose parts say so
/// (Microsoft.Extensions.AI, the OpenAI responses API and the Vercel AI SDK have such parts). Its answer is a user
/// message, which by itself would begin a turn. A call whose result comes after the next message of the model was
/// running, so it is no request.
/// </remarks>
internal static class ApprovalLink
{
    /// <summary>One link for each answer, in the order of the messages; null when there is none.</summary>
    public static List<ToolLink>? Find(IReadOnlyList<HistoryMessage> messages)
    {
        List<ToolLink>? links = null;
        HashSet<string>? open = null;
        Dictionary<string, int>? passed = null;
        HashSet<int>? running = null;
        var (waiting, asked) = (ToolLink.Unknown, ToolLink.Unknown);
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.BeginsTurn)
            {
                var request = waiting != ToolLink.Unknown ? waiting : Says(message.Parts, "approvalresponse") ? asked : ToolLink.Unknown;
                if (request != ToolLink.Unknown) (links ??= []).Add(new(i, request));
                continue;
            }
            foreach (var result in message.ToolResults)
            {
                if (open?.Remove(result.CallId) is not true && passed is not null && passed.Remove(result.CallId, out var call)) (running ??= []).Add(call);
            }
            if (message.ToolCalls.Count > 0 || message.Role == MessageRole.Assistant && message.ToolResults.Count == 0)
                foreach (var callId in open ?? []) (passed ??= new(StringComparer.Ordinal))[callId] = waiting;
            if (Says(message.Parts, "approvalrequest"))
            {
                (waiting, asked, open) = (i, i, null);
            }
            else if (message.ToolCalls.Count > 0)
            {
                open = [.. message.ToolCalls.Select(static c => c.Id).Except(message.ToolResults.Select(static r => r.CallId))];
                waiting = open.Count > 0 ? i : ToolLink.Unknown;
            }
            else if (message.Role == MessageRole.Assistant && message.ToolResults.Count == 0 || open is { Count: 0 })
            {
                (waiting, open) = (ToolLink.Unknown, null);
            }
        }
        if (running is not null) links?.RemoveAll(link => running.Contains(link.Call));
        return links;
    }

    /// <summary>Whether a message's parts have a request or an answer, so that it does not stand for itself.</summary>
    public static bool Concerns(JsonElement? parts) => Says(parts, "approval");

    private static bool Says(JsonElement? parts, string what)
    {
        if (parts is not { ValueKind: JsonValueKind.Array or JsonValueKind.Object } json || JsonMarshal.GetRawUtf8Value(json).IndexOf("pproval"u8) < 0) return false;
        return json.ValueKind is JsonValueKind.Object ? IsKind(json, what) : json.EnumerateArray().Any(part => IsKind(part, what));
    }

    private static bool IsKind(JsonElement part, string what)
    {
        if (part.ValueKind is not JsonValueKind.Object) return false;
        foreach (var name in (ReadOnlySpan<string>)["type", "$type"])
            if (part.TryGetProperty(name, out var type) && type.ValueKind is JsonValueKind.String
                && string.Concat(type.GetString()!.Where(char.IsAsciiLetter)).Contains(what, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
