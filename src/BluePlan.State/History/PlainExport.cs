using System.Text.RegularExpressions;

namespace BluePlan.State;

/// <summary>What a file has that holds nothing but documented members.</summary>
internal static partial class PlainExport
{
    /// <summary>The messages that strict servers accept: of known roles, and without open calls, but that the last message may call tools, which a training example may end with.</summary>
    public static IReadOnlyList<HistoryMessage> Of(IReadOnlyList<HistoryMessage> messages)
    {
        HistoryMessage[] known = [.. messages.Where(static m => m.Role is MessageRole.System or MessageRole.Developer or MessageRole.User or MessageRole.Assistant or MessageRole.Tool).Where(SaysSomething)];
        if (known is [.., { ToolCalls.Count: > 0 } last]) return [.. OpenCalls.LeaveOut(known[..^1]), last];
        return OpenCalls.LeaveOut(known);
    }

    private static bool SaysSomething(HistoryMessage message) =>
        message.Text is not null || message.ToolCalls.Count > 0 || message.ToolResults.Count > 0 || message.AdditionalProperties.Keys.Any(static name => IsMember(name, false))
        || message.Parts is { } parts && (OpenAiFormat.IsContent(message.Role, parts) || OpenAiFormat.TextOf(parts) is not null);

    public static bool IsMember(string name, bool isTrainingExample) => name is "refusal" or "audio" || isTrainingExample && name is "weight";

    public static bool IsConversationMember(string name) => name is "tools" or "parallel_tool_calls" or "functions";

    public static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
