using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Appends messages in one commit, once each, and trims now and then.</summary>
internal sealed class HistoryAppender(StateScope scope, HistoryManagerOptions options, HistoryReader reader, ConversationBook book)
{
    private readonly CalledMessages _called = new(reader, scope);

    // Most appends meet nothing that is kept already.
    private static readonly Dictionary<string, HistoryMessage> None = [];

    /// <exception cref="ArgumentException">The id is empty, there is no message, or one breaks a rule.</exception>
    /// <exception cref="StateNotFoundException">There is no such conversation.</exception>
    public async Task<IReadOnlyList<HistoryMessage>> AppendAsync(string conversationId, IReadOnlyList<HistoryMessage> given, CancellationToken cancellationToken)
    {
        var found = await ConversationKeys.FindAsync(scope, conversationId, cancellationToken).ConfigureAwait(false);
        var messages = MessageRules.Prepare(given, await scope.NowAsync(cancellationToken).ConfigureAwait(false));
        var keys = found ?? throw ConversationKeys.NotFound();
        var note = await book.NoteAsync(keys, cancellationToken).ConfigureAwait(false) ?? throw ConversationKeys.NotFound(keys.Id);
        var known = None;
        OptimisticUpdate? update = null;
        do
        {
            var unknown = known.Count == 0 ? messages : Without(messages, known);
            if (unknown.Length == 0) return Stored(messages, known);

            var (calls, orphan) = await _called.FindAsync(keys, note, unknown, cancellationToken).ConfigureAwait(false);
            if (orphan is { } index)
            {
                // It may be kept already, and its call gone since.
                update ??= scope.Updates.Begin();
                if (known.Count == 0 && (known = await KnownAsync(keys, messages, cancellationToken).ConfigureAwait(false)).Count > 0) continue;
                if (await book.HeadAsync(keys, cancellationToken).ConfigureAwait(false) is null) throw NotFound(keys);
                throw new StateConflictException($"Message {Array.IndexOf(messages, unknown[index])} has a tool result whose call the conversation does not keep. Nothing was written. Append the call first, or leave the result out.",
                    $"conversation {keys.Id}");
            }
            var result = await CommitAsync(keys, note, unknown, calls, cancellationToken).ConfigureAwait(false);
            if (result is { Conflict: null, Results: var results })
            {
                var stored = new HistoryMessage[unknown.Length];
                for (var i = 0; i < stored.Length; i++) stored[i] = unknown[i] with { Sequence = results[1].Value + i };
                note.Know(stored);
                note.Append(stored, results[1].Count);
                if (options.MaximumMessages is { } maximum && note.IsLong(results[1].Count, maximum, Array.Exists(unknown, static m => m.BeginsTurn))) await TrimLaterIfNotNowAsync(keys, note, cancellationToken).ConfigureAwait(false);
                if (stored.Length == messages.Length) return stored;
                foreach (var message in stored) known.Add(message.Id!, message);
                return Stored(messages, known);
            }
            if (result.Conflict.Operation == 0) throw NotFound(keys);
            update ??= scope.Updates.Begin();
            if (result.Conflict.Operation > 1)
            {
                note.ForgetCalls();
                continue;
            }

            // Some of the ids are kept already: an earlier attempt of the host, or somebody beside it.
            known = await KnownAsync(keys, messages, cancellationToken).ConfigureAwait(false);
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("messages with the same ids", keys.Subject);
    }

    private async ValueTask<Dictionary<string, HistoryMessage>> KnownAsync(ConversationKeys keys, HistoryMessage[] messages, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, HistoryMessage>(StringComparer.Ordinal);
        var ids = new LogRead(keys.Messages, [.. messages.Select(static m => m.Id!)]);
        if (await scope.Storage.ReadAsync(ids, cancellationToken).ConfigureAwait(false) is { } content)
            foreach (var message in reader.Decode(keys.Messages, content.Entries)) known.Add(message.Id!, message);
        for (var i = 0; i < messages.Length; i++)
            if (known.TryGetValue(messages[i].Id!, out var stored) && !MessageRules.IsSame(stored, messages[i]))
                throw new StateConflictException($"Message {i}: the conversation keeps a message with this id and other content. Nothing was written. Give it an id of its own, or edit the message that is kept.", $"message {messages[i].Id}");
        return known;
    }

    private StateNotFoundException NotFound(ConversationKeys keys)
    {
        book.Forget(keys);
        return ConversationKeys.NotFound(keys.Id);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CommitResult> CommitAsync(ConversationKeys keys, ConversationNote note, HistoryMessage[] messages, IReadOnlyList<LogEntryId> calls, CancellationToken cancellationToken)
    {
        using var encoded = new EncodedMessages(scope.Codec, keys.Messages, messages);
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var operations = new List<StateOperation>(6)
        {
            new CheckKey(keys.Head, StateCondition.IfExists),
            new AppendEntries(keys.Messages, encoded.Entries),
            new SetScores(keys.Listing(note.UserId), [new(keys.Id, now.ToUnixTimeMilliseconds())], onlyRaise: true),
        };
        if (calls.Count > 0) operations.Add(new CheckEntries(keys.Messages, calls));
        operations.AddRange(book.Renew(keys, note, now));
        try
        {
            var result = await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted) note.Expires = options.Timeout is not null;
            return result;
        }
        catch (OverflowException exception)
        {
            throw new StateConflictException("The conversation has no sequences left. Nothing was written. Export it, delete it and import it again: that numbers its messages anew.", $"conversation {keys.Id}", inner: exception);
        }
    }

    // The append has happened, so it must not fail any more. What is not trimmed now is trimmed by a later append, reads leave it out, and whatever is wrong with the store they report.
    private async ValueTask TrimLaterIfNotNowAsync(ConversationKeys keys, ConversationNote note, CancellationToken cancellationToken)
    {
        if (!note.TryBegin()) return;
        try
        {
            await TrimAsync(keys, note, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StateException or OperationCanceledException)
        {
            note.Left(0, 0);
        }
        finally
        {
            note.End();
        }
    }

    private async ValueTask TrimAsync(ConversationKeys keys, ConversationNote note, CancellationToken cancellationToken)
    {
        // When this append was noted, the marks were those of all messages. What others did since is more appends, or it changed the head or took messages away, and then nothing is trimmed by them.
        if (note.TakeMarks() is { } marks && await TrimAsync(keys, note, marks.Head, marks.ToMessages(), cancellationToken).ConfigureAwait(false)) return;
        // The head first, in a read of its own: who pins a message writes it anew, so what is planned from messages older than a pin is not done.
        if (await scope.Storage.ReadAsync(new DocumentRead(keys.Head, headOnly: true), cancellationToken).ConfigureAwait(false) is not { } head) return;
        if (await scope.Storage.ReadAsync(new LogRead(keys.Messages), cancellationToken).ConfigureAwait(false) is not { } log) return;
        await TrimAsync(keys, note, head.ETag, reader.Decode(keys.Messages, log.Entries), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Trims by what the messages were under a head; false when the head, or one of the messages to be removed, is another one by now, and nothing was done.</summary>
    private async ValueTask<bool> TrimAsync(ConversationKeys keys, ConversationNote note, StateETag head, IReadOnlyList<HistoryMessage> messages, CancellationToken cancellationToken)
    {
        var kept = MessageThread.Whole(messages).Trim(options.MaximumMessages).Messages;
        note.Left(kept.Count, kept.Count(static m => m.Stays));
        if (EntryRemoval.AllBut(keys.Messages, messages.Select(static m => new LogEntryId(m.Sequence, m.Id!)), kept) is { } removal
            && !(await scope.Storage.CommitAsync(new([new CheckKey(keys.Head, StateCondition.IfMatch(head)), .. removal]), cancellationToken).ConfigureAwait(false)).IsCommitted) return false;
        book.Mark(note, MessageMarks.Of(head, kept));
        return true;
    }

    private static HistoryMessage[] Without(HistoryMessage[] messages, Dictionary<string, HistoryMessage> known) => Array.FindAll(messages, m => !known.ContainsKey(m.Id!));

    private static HistoryMessage[] Stored(HistoryMessage[] messages, Dictionary<string, HistoryMessage> known) => Array.ConvertAll(messages, m => known[m.Id!]);
}
