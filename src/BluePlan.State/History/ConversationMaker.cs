using System.Runtime.InteropServices;
using System.Text.Json;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Makes conversations that have messages from the start, however many: the messages go first, in pieces, and nobody sees them before the last piece brings the head.</summary>
internal sealed class ConversationMaker(StateScope scope, ConversationBook book)
{
    private const int PieceMessages = 1_000;
    private const long PieceCharacters = 4_000_000;
    private const int Attempts = 3;

    /// <summary>How long the pieces of a conversation that is never finished are kept.</summary>
    public static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Makes a conversation; null when it is there.</summary>
    /// <param name="keys">Where.</param>
    /// <param name="head">Whose, its title and so on.</param>
    /// <param name="lastActivity">When it was last active; null = now.</param>
    /// <param name="messages">Complete messages with rising sequences, which they keep.</param>
    /// <param name="cancellationToken">Cancels; then nothing is seen of it.</param>
    /// <exception cref="StateConflictException">Another attempt took the place of this one, and has not ended.</exception>
    public async Task<Conversation?> MakeAsync(ConversationKeys keys, ConversationHead head, DateTimeOffset? lastActivity, IReadOnlyList<HistoryMessage> messages, CancellationToken cancellationToken)
    {
        var pieces = Pieces(messages);
        // Attempts of one process do not get in each other's way. Those of different processes can, and find out.
        using var turn = pieces.Count > 1 ? await scope.Updates.BeginAsync(keys.Head, cancellationToken).ConfigureAwait(false) : null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (made, begun) = await TryMakeAsync(keys, head, lastActivity, pieces, cancellationToken).ConfigureAwait(false);
            if (made is not null) return made;
            if (await book.HeadAsync(keys, cancellationToken).ConfigureAwait(false) is not null) return null;
            if (begun) throw NotMade(keys);
            // Pieces of another attempt are in the way. It may still run: then its next piece misses them.
            StateOperation[] clear = [new CheckKey(keys.Head, StateCondition.IfAbsent), new DeleteKey(keys.Messages)];
            await scope.Storage.CommitAsync(new(clear), cancellationToken).ConfigureAwait(false);
        }
        throw NotMade(keys);
    }

    /// <summary>Makes it, or answers whether pieces of it had been written before one was refused.</summary>
    private async Task<(Conversation? Made, bool Begun)> TryMakeAsync(ConversationKeys keys, ConversationHead head, DateTimeOffset? lastActivity, List<List<HistoryMessage>> pieces, CancellationToken cancellationToken)
    {
        // Each piece finds the draft that the piece before it wrote, and the pieces before it. A log that another
        // attempt began anew can have the same ids with other content; one that lost a piece would take the next one,
        // since sequences may have gaps.
        var ends = new List<LogEntryId>();
        StateOperation[] before = [new CheckKey(keys.Messages, StateCondition.IfAbsent)];
        foreach (var piece in pieces.SkipLast(1))
        {
            using var encoded = new EncodedMessages(scope.Codec, keys.Messages, piece, keepSequences: true);
            var commit = new StateCommit(
            [
                new CheckKey(keys.Head, StateCondition.IfAbsent), .. before, new PutDocument(keys.Draft, default, StateExpiry.After(Abandoned)),
                new AppendEntries(keys.Messages, encoded.Entries), new ExpireKey(keys.Messages, StateExpiry.After(Abandoned)),
            ]);
            if (!(await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false)).IsCommitted) return (null, ends.Count > 0);
            ends.Add(End(piece[0]));
            if (piece.Count > 1) ends.Add(End(piece[^1]));
            before = [new CheckKey(keys.Draft, StateCondition.IfMatch(commit.ETag)), new CheckEntries(keys.Messages, [.. ends])];
        }
        using var last = new EncodedMessages(scope.Codec, keys.Messages, pieces.Count == 0 ? [] : pieces[^1], keepSequences: true);
        StateOperation[] end = ends.Count > 0 ? [new DeleteKey(keys.Draft)] : [];
        StateOperation[] write = last.Entries.Count == 0 ? [new DeleteKey(keys.Messages)] : [.. before, .. end, new AppendEntries(keys.Messages, last.Entries)];
        return (await book.CreateAsync(keys, head, lastActivity, write, cancellationToken).ConfigureAwait(false), ends.Count > 0);
    }

    private static LogEntryId End(HistoryMessage message) => new(message.Sequence, message.Id!);

    public static StateConflictException ComesAndGoes(ConversationKeys keys) =>
        new("Others created and deleted the conversation in between. Nothing of it is there. Try again.", keys.Subject);

    private static StateConflictException NotMade(ConversationKeys keys) =>
        new($"Another attempt to make the same conversation took the place of this one, or more than {Abandoned.TotalHours:N0} hour went by between two of its pieces. Nothing of this attempt is seen. Try again.", keys.Subject);

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

    /// <summary>How many characters a message has, about.</summary>
    public static long Weight(HistoryMessage message) =>
        (message.Text?.Length ?? 0L) + (message.Name?.Length ?? 0) + message.ToolCalls.Sum(static c => c.ArgumentsJson.Length + Weight(c.AdditionalProperties))
        + message.ToolResults.Sum(static r => r.Text.Length + Weight(r.Parts) + Weight(r.AdditionalProperties)) + Weight(message.Parts) + Weight(message.AdditionalProperties);

    /// <summary>How many bytes further members have, about.</summary>
    public static long Weight(IReadOnlyDictionary<string, JsonElement> members) => members.Count == 0 ? 0 : members.Sum(static m => m.Key.Length + Weight(m.Value));

    private static long Weight(JsonElement? json) => json is { } value ? JsonMarshal.GetRawUtf8Value(value).Length : 0;
}
