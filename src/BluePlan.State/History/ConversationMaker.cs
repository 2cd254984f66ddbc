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
        foreach (var piece in pieces.SkipLast(1))
        {
            using var encoded = new EncodedMessages(piece, keepSequences: true);
            await scope.Storage.CommitAsync(new(new AppendEntries(keys.Messages, encoded.Entries), new ExpireKey(keys.Messages, StateExpiry.After(Abandoned))), cancellationToken).ConfigureAwait(false);
        }
        using var last = new EncodedMessages(pieces.Count == 0 ? [] : pieces[^1], keepSequences: true);
        return await book.CreateAsync(keys, userId, title, lastActivity, last.Entries.Count == 0 ? null : new AppendEntries(keys.Messages, last.Entries), cancellationToken).ConfigureAwait(false)
            ?? throw new StateConflictException("The new conversation's random id is taken, which cannot happen by chance. Try again.", $"conversation {keys.Id}");
    }

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
