namespace BluePlan.State;

/// <summary>Puts tool results where strict servers want them: directly behind the message with their calls.</summary>
internal static class ResultOrder
{
    /// <summary>The messages in that order; results of one call stay in theirs. A result without a call is left out.</summary>
    public static IReadOnlyList<HistoryMessage> BehindCalls(IReadOnlyList<HistoryMessage> messages)
    {
        var results = ByCall(messages);
        if (results.Count == 0) return messages;
        var ordered = new List<HistoryMessage>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i] with { ToolResults = [] };
            // What a tool message says beside its results has no place in the format.
            if (messages[i].ToolResults.Count == 0 || message.Role != MessageRole.Tool && message is not { Text: null, Parts: null, ToolCalls.Count: 0 }) ordered.Add(message);
            if (results.TryGetValue(i, out var own)) ordered.Add(new() { Role = MessageRole.Tool, ToolResults = own });
        }
        return ordered;
    }

    private static Dictionary<int, List<ToolResult>> ByCall(IReadOnlyList<HistoryMessage> messages)
    {
        var (results, calls) = (new Dictionary<int, List<ToolResult>>(), new Dictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < messages.Count; i++)
        {
            // As in ToolLink: a call of the same message, or the nearest one before it with that id.
            foreach (var result in messages[i].ToolResults)
            {
                if (messages[i].ToolCalls.Any(call => call.Id == result.CallId)) Add(i, result);
                else if (calls.TryGetValue(result.CallId, out var at)) Add(at, result);
            }
            foreach (var call in messages[i].ToolCalls) calls[call.Id] = i;
        }
        return results;

        void Add(int call, ToolResult result)
        {
            if (!results.TryGetValue(call, out var own)) results[call] = own = [];
            own.Add(result);
        }
    }
}
