using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Finds the messages whose calls an append answers, so that no result is stored without its call.</summary>
internal sealed class CalledMessages(HistoryReader reader, StateScope scope)
{
    /// <summary>The messages that must be there when the messages are appended. They are read only when this process
    /// has not appended them itself.</summary>
    /// <param name="keys">The conversation.</param>
    /// <param name="note">What this process knows of it.</param>
    /// <param name="messages">What is to be appended.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The messages; or the index of a message with a result whose call is not there.</returns>
    public async ValueTask<(IReadOnlyList<LogEntryId> Entries, int? Orphan)> FindAsync(ConversationKeys keys, ConversationNote note, HistoryMessage[] messages, CancellationToken cancellationToken)
    {
        if (!Array.Exists(messages, static m => m.ToolResults.Count > 0)) return ([], null);
        var needed = Needed(messages);
        if (needed.Exists(n => note.FindCall(n.CallId) is null)) await LookAsync(keys, note, needed, cancellationToken).ConfigureAwait(false);
        var entries = new List<LogEntryId>(needed.Count);
        foreach (var (index, callId) in needed)
        {
            if (note.FindCall(callId) is not { } entry) return ([], index);
            if (!entries.Contains(entry)) entries.Add(entry);
        }
        return (entries, null);
    }

    private static List<(int Index, string CallId)> Needed(HistoryMessage[] messages)
    {
        var (needed, called) = (new List<(int, string)>(), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < messages.Length; i++)
        {
            called.UnionWith(messages[i].ToolCalls.Select(static c => c.Id));
            foreach (var result in messages[i].ToolResults)
                if (called.Add(result.CallId)) needed.Add((i, result.CallId));
        }
        return needed;
    }

    private async ValueTask LookAsync(ConversationKeys keys, ConversationNote note, List<(int Index, string CallId)> needed, CancellationToken cancellationToken)
    {
        if (await scope.Storage.ReadAsync(reader.FirstPage(keys), cancellationToken).ConfigureAwait(false) is not { } first) return;
        var missing = needed.Select(static n => n.CallId).ToHashSet(StringComparer.Ordinal);
        await foreach (var page in reader.PagesAsync(keys, first, cancellationToken).ConfigureAwait(false))
        {
            for (var i = page.Count - 1; i >= 0 && missing.Count > 0; i--)
            {
                if (!page[i].ToolCalls.Any(call => missing.Contains(call.Id))) continue;
                note.Know([page[i] with { ToolCalls = [.. page[i].ToolCalls.Where(call => missing.Remove(call.Id))] }]);
            }
            if (missing.Count == 0) return;
        }
    }
}
