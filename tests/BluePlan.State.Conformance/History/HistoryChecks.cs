using FluentAssertions;

namespace BluePlan.State.Conformance;

/// <summary>What holds of whatever is read.</summary>
internal static class HistoryChecks
{
    /// <summary>Sequences rise, and each tool result stands behind its call.</summary>
    public static void ShouldBeWhole(IReadOnlyList<HistoryMessage> messages)
    {
        var (calls, last) = (new HashSet<string>(), 0L);
        foreach (var message in messages)
        {
            message.Sequence.Should().BeGreaterThan(last);
            last = message.Sequence;
            calls.UnionWith(message.ToolCalls.Select(static c => c.Id));
            message.ToolResults.Select(static r => r.CallId).Should().BeSubsetOf(calls, "message {0} answers", message.Sequence);
        }
    }
}
