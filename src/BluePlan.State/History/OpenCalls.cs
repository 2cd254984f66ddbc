namespace BluePlan.State;

/// <summary>Calls that have no result: the process crashed, or a person refused. Models refuse a prompt with such a
/// call.</summary>
internal static class OpenCalls
{
    /// <summary>The messages without them; a message that says nothing else is left out.</summary>
    public static IReadOnlyList<HistoryMessage> LeaveOut(IReadOnlyList<HistoryMessage> messages)
    {
        if (!messages.Any(static m => m.ToolCalls.Count > 0)) return messages;
        var answered = Answered(messages);
        var closed = new List<HistoryMessage>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.ToolCalls.Count > 0 && !message.ToolCalls.All(call => answered.Contains((i, call.Id))))
            {
                message = message with { ToolCalls = [.. message.ToolCalls.Where(call => answered.Contains((i, call.Id)))] };
                if (message is { Text: null or "", ToolCalls.Count: 0, ToolResults.Count: 0, Parts: null }) continue;
            }
            closed.Add(message);
        }
        return closed;
    }

    private static HashSet<(int Message, string CallId)> Answered(IReadOnlyList<HistoryMessage> messages)
    {
        var (answered, calls) = (new HashSet<(int, string)>(), new Dictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < messages.Count; i++)
        {
            // As in ToolLink: a call of the same message, or the nearest one before it with that id.
            foreach (var result in messages[i].ToolResults)
                if (messages[i].ToolCalls.Any(call => call.Id == result.CallId)) answered.Add((i, result.CallId));
                else if (calls.TryGetValue(result.CallId, out var at)) answered.Add((at, result.CallId));
            foreach (var call in messages[i].ToolCalls) calls[call.Id] = i;
        }
        return answered;
    }
}
