using System.Text.RegularExpressions;

namespace BluePlan.State;

/// <summary>What a file has that holds nothing but documented members.</summary>
internal static partial class PlainExport
{
    /// <summary>
    /// The messages that strict servers accept: of known roles, results directly behind their calls, and no open calls, except in the last message.
    /// </summary>
    public static IReadOnlyList<HistoryMessage> Of(IReadOnlyList<HistoryMessage> messages)
    {
        // A call that is left out takes its results with it.
        var known = MessageThread.Whole([.. messages.Where(static m => IsKnown(m) && SaysSomething(m))]).Messages;
        return known is [.., { ToolCalls.Count: > 0 } last]
            ? [.. ResultOrder.BehindCalls(OpenCalls.LeaveOut([.. known.SkipLast(1)])), last]
            : ResultOrder.BehindCalls(OpenCalls.LeaveOut(known));
    }

    /// <summary>The messages that fine-tuning accepts: those of <see cref="Of"/> without empty ones, up to the last of the model.</summary>
    /// <exception cref="InvalidOperationException">None is the model's.</exception>
    public static IReadOnlyList<HistoryMessage> OfTrainingExample(IReadOnlyList<HistoryMessage> messages)
    {
        HistoryMessage[] plain = [.. Of([.. messages.Where(static m => m.Text is not "" || SaysSomething(m with { Text = null }))])];
        var last = Array.FindLastIndex(plain, static m => m.Role == MessageRole.Assistant);
        return last >= 0 ? plain[..(last + 1)] : throw new InvalidOperationException(
            "The conversation is no training example: it has no assistant message that says something. Nothing was written. Export it otherwise, or when the model has answered.");
    }

    public static bool IsMember(string role, string name, bool isTrainingExample) =>
        role == MessageRole.Assistant && (name is "refusal" or "audio" || isTrainingExample && name is "weight");

    public static bool IsConversationMember(string name) => name is "tools" or "parallel_tool_calls" or "functions";

    /// <summary>Whether a message of the role may have the name.</summary>
    public static bool IsName(string role, string name) => role != MessageRole.Tool && Name().IsMatch(name);

    private static bool IsKnown(HistoryMessage message) => message.Role switch
    {
        MessageRole.Assistant => true,
        MessageRole.System or MessageRole.Developer or MessageRole.User => message.ToolCalls.Count == 0,
        MessageRole.Tool => message.ToolCalls.Count == 0 && message.ToolResults.Count > 0,
        _ => false,
    };

    private static bool SaysSomething(HistoryMessage message) =>
        message.Text is not null || message.ToolCalls.Count > 0 || message.ToolResults.Count > 0
        || message.AdditionalProperties.Keys.Any(name => IsMember(message.Role, name, false))
        || message.Parts is { } parts && (OpenAiFormat.IsContent(message.Role, parts) || OpenAiFormat.TextOf(parts) is not null);

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
