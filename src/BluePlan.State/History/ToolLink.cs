namespace BluePlan.State;

/// <summary>Which message's tool result answers which message's call: a call of the same message, else the nearest one before it with that id.</summary>
/// <remarks>Models repeat call ids over time, and one call may be answered more than once, much later, or never. All of that is an ordinary conversation.</remarks>
internal readonly record struct ToolLink(int Result, int Call)
{
    /// <summary>No call: it is not among the messages.</summary>
    public const int Unknown = -1;

    /// <summary>One link for each tool result, in the order of the messages; null when there is no result.</summary>
    /// <param name="messages">Messages in order.</param>
    /// <param name="hidden">Messages of which a result has no call become hidden, and so do those that answer only calls of hidden ones; null = all count.</param>
    public static List<ToolLink>? Find(IReadOnlyList<HistoryMessage> messages, bool[]? hidden = null)
    {
        List<ToolLink>? links = null;
        Dictionary<string, int>? calls = null;
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            var before = links?.Count ?? 0;
            foreach (var result in message.ToolResults)
            {
                var own = message.ToolCalls.Any(call => call.Id == result.CallId);
                var call = own ? i : calls is not null && calls.TryGetValue(result.CallId, out var at) ? at : Unknown;
                (links ??= []).Add(new(i, call));
                if (call == Unknown && hidden is not null) hidden[i] = true;
            }
            if (hidden?[i] is true) links!.RemoveRange(before, links.Count - before);
            else foreach (var call in message.ToolCalls) (calls ??= new(StringComparer.Ordinal))[call.Id] = i;
        }
        return links;
    }
}
