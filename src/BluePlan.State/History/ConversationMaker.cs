using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Makes conversations that have messages from the start, however many: the messages go first, in pieces, and nobody sees them before the last piece brings the head.</summary>
internal sealed class ConversationMaker(StateScope scope, ConversationBook book)
{
    private const int PieceMessages = 1_000;
    private const long PieceCharacters = 4_000_000;

    // How long the pieces of a conversation that was never finished lie about.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <param name="userId">Whose conversation.</param>
    /// <param name="title">Its title; null = none.</param>
    /// <param name="lastActivity">When it was last active; null = now.</param>
    /// <param name="messages">Complete messages with rising sequences, which they keep.</param>
    /// <param name="cancellationToken">Cancels; then nothing is seen of it.</param>
    public async Task<Conversation> MakeAsync(string userId, string? title, DateTimeOffset? lastActivity, IReadOnlyList<HistoryMessage> messages, CancellationToken cancellationToken)
    {
        var keys = book.NewKeys(userId);
        var pieces = Pieces(messages);
        // Each piece says whether those before are there still.
        var there = new CheckKey(keys.Messages, StateCondition.IfAbsent);
        foreach (var piece in pieces.SkipLast(1))
        {
            using var encoded = new EncodedMessages(piece, keepSequences: true);
            var commit = new StateCommit(there, new AppendEntries(keys.Messages, encoded.Entries), new ExpireKey(keys.Messages, StateExpiry.After(Abandoned)));
            if (!(await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false)).IsCommitted) throw NotMade(keys);
            there = new(keys.Messages, StateCondition.IfExists);
        }
        using var last = new EncodedMessages(pieces.Count == 0 ? [] : pieces[^1], keepSequences: true);
        StateOperation[] write = last.Entries.Count == 0 ? [] : [there, new AppendEntries(keys.Messages, last.Entries)];
        return await book.CreateAsync(keys, userId, title, lastActivity, write, cancellationToken).ConfigureAwait(false) ?? throw NotMade(keys);
    }

    private static StateConflictException NotMade(ConversationKeys keys) =>
        new($"Between two of its pieces more than {Abandoned.TotalHours:N0} hour went by, so that the first is gone, or its random id is taken. Nothing of it is seen. Try again.", $"conversation {keys.Id}");

    private static List<List<HistoryMessage>> Pieces(IReadOnlyList<HistoryMessage> messages)
    {
        var pieces = new List<List<HistoryMessage>>();
        long size = 0;
        foreach (var message in messages)
        {
            var weight = Weight(message);
            if (pieces.Count == 0 || pieces[^1].Count == PieceMessages || size + weight > PieceCharacters)
            {
                pieces.Add([]);
                size = 0;
            }
            pieces[^1].Add(message);
            size += weight;
        }
        return pieces;
    }

    private static long Weight(HistoryMessage message) =>
        (message.Text?.Length ?? 0L) + message.ToolCalls.Sum(static c => (long)c.ArgumentsJson.Length) + message.ToolResults.Sum(static r => (long)r.Text.Length)
        + (message.Parts is { } parts ? System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(parts).Length : 0);
}
