using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Looks through conversations from the newest message back. A result that is found waits until its call is seen.</summary>
internal sealed class HistorySearch(StateScope scope, HistoryReader reader)
{
    private const int Together = 16;

    public async IAsyncEnumerable<HistoryMatch> InConversationAsync(string conversationId, SearchText text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await ConversationKeys.FindAsync(scope, conversationId, cancellationToken).ConfigureAwait(false) is not { } keys) yield break;
        var first = await reader.BeginAsync(keys, reader.FirstPage(keys), cancellationToken).ConfigureAwait(false);
        await foreach (var match in InLogAsync(keys, first, text, cancellationToken).ConfigureAwait(false)) yield return match;
    }

    public async IAsyncEnumerable<HistoryMatch> OfUserAsync(string userId, SearchText text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var partition = scope.UserPartition(userId);
        var listing = await scope.Storage.ReadAsync(new IndexRead(scope.Key(partition, StateTypes.UserConversations, userId), descending: true), cancellationToken).ConfigureAwait(false);
        foreach (var some in (listing?.Members ?? []).Where(StateTypes.UserConversations.IsMember!).Select(m => new ConversationKeys(scope, partition, m.Member)).Chunk(Together))
        {
            var firsts = await scope.Storage.ReadAsync([.. some.Select(reader.FirstPage)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < some.Length; i++)
                await foreach (var match in InLogAsync(some[i], (LogContent?)firsts[i], text, cancellationToken).ConfigureAwait(false)) yield return match;
        }
    }

    private async IAsyncEnumerable<HistoryMatch> InLogAsync(ConversationKeys keys, LogContent? first, SearchText text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (first is null) yield break;
        var found = new Queue<Found>();
        await foreach (var page in reader.PagesAsync(keys, first, cancellationToken).ConfigureAwait(false))
        {
            for (var i = page.Count - 1; i >= 0; i--)
            {
                foreach (var waiting in found) waiting.See(page[i]);
                if (text.IsIn(page[i])) found.Enqueue(new(page[i]));
                while (found.TryPeek(out var next) && next.IsWhole) yield return found.Dequeue().Match(keys.Id);
            }
        }
        foreach (var left in found)
            if (left.IsWhole) yield return left.Match(keys.Id);
    }

    /// <summary>A message that was found, and the calls that its results still wait for.</summary>
    private sealed class Found
    {
        private readonly HistoryMessage _message;
        private readonly List<HistoryMessage> _calls = [];
        private readonly HashSet<string> _own = new(StringComparer.Ordinal);
        private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

        public Found(HistoryMessage message)
        {
            _message = message;
            _own.UnionWith(Missing(message));
            _missing.UnionWith(_own);
        }

        public bool IsWhole => _missing.Count == 0;

        public HistoryMatch Match(string conversationId) => new(conversationId, _message) { Calls = _calls };

        /// <summary>An older message: the nearest one with a call is the one that is answered. It must not be a result without a call either.</summary>
        public void See(HistoryMessage older)
        {
            if (_missing.Count == 0) return;
            var answered = false;
            foreach (var call in older.ToolCalls)
            {
                if (_missing.Remove(call.Id)) answered = true;
                if (_own.Remove(call.Id) && (_calls.Count == 0 || !ReferenceEquals(_calls[0], older))) _calls.Insert(0, older);
            }
            if (answered) _missing.UnionWith(Missing(older));
        }

        private static IEnumerable<string> Missing(HistoryMessage message) =>
            message.ToolResults.Select(static r => r.CallId).Except(message.ToolCalls.Select(static c => c.Id));
    }
}
