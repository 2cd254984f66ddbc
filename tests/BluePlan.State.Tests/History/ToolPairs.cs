namespace BluePlan.State.Tests;

/// <summary>Which result answers which call, told a second time and in the plainest way, to hold the real thing against.</summary>
internal static class ToolPairs
{
    /// <summary>For each tool result the sequences of its message and of the nearest message with its call, which is null when there is none.</summary>
    public static List<(long Result, long? Call)> Of(IReadOnlyList<HistoryMessage> messages)
    {
        var pairs = new List<(long, long?)>();
        for (var i = 0; i < messages.Count; i++)
            foreach (var result in messages[i].ToolResults)
                pairs.Add((messages[i].Sequence, messages.Take(i + 1).LastOrDefault(m => m.ToolCalls.Any(c => c.Id == result.CallId))?.Sequence));
        return pairs;
    }

    /// <summary>The messages without those that have a result without a call, again and again until none is left.</summary>
    public static List<HistoryMessage> Shown(IReadOnlyList<HistoryMessage> messages)
    {
        var shown = messages.ToList();
        while (Of(shown).FindIndex(static p => p.Call is null) is var at and >= 0)
        {
            var result = Of(shown)[at].Result;
            shown.RemoveAll(m => m.Sequence == result);
        }
        return shown;
    }
}
