using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Changes and removes messages that are there.</summary>
/// <remarks>Removing, and pinning, write the head anew: so two callers never take the same messages, and no trimming that began before takes what was pinned since.</remarks>
internal sealed class HistoryEditor(StateScope scope, HistoryManagerOptions options, HistoryReader reader)
{
    public async Task<HistoryMessage?> EditAsync(ConversationKeys keys, long sequence, Func<HistoryMessage, HistoryMessage> edit, CancellationToken cancellationToken)
    {
        var key = keys.Messages;
        using var update = await scope.Updates.BeginAsync(keys.Head, cancellationToken).ConfigureAwait(false);
        do
        {
            var contents = await scope.Storage.ReadAsync([new DocumentRead(keys.Head), new LogRead(key, sequence, sequence)], cancellationToken).ConfigureAwait(false);
            if (contents is not [DocumentContent head, LogContent { Entries: [var entry] }])
            {
                await scope.Storage.ConfirmAsync(key, cancellationToken).ConfigureAwait(false);
                return null;
            }
            var old = MessageCodec.Decode(scope.Codec, key, entry);
            var edited = Checked(old, edit(old));
            if (edited == old)
            {
                await scope.Storage.ConfirmAsync(key, cancellationToken).ConfigureAwait(false);
                return old;
            }
            await CheckCallsAsync(keys, old, edited, cancellationToken).ConfigureAwait(false);

            edited = edited with { EditedAt = DateTimeOffset.FromUnixTimeMilliseconds((await scope.NowAsync(cancellationToken).ConfigureAwait(false)).ToUnixTimeMilliseconds()) };
            using var bytes = MessageCodec.Encode(scope.Codec, key, edited);
            var replace = new ReplaceEntry(key, sequence, bytes.Written, entry.Value);
            StateOperation check = edited.Pinned == old.Pinned ? new CheckKey(keys.Head, StateCondition.IfExists) : Rewrite(keys, head);
            if ((await scope.Storage.CommitAsync(new(check, replace), cancellationToken).ConfigureAwait(false)).IsCommitted) return edited;
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the conversation", keys.Subject);
    }

    public async Task<IReadOnlyList<HistoryMessage>> RemoveAsync(ConversationKeys keys, MessageRange range, CancellationToken cancellationToken)
    {
        var removed = await RemoveThoseThereAsync(keys, range, cancellationToken).ConfigureAwait(false);
        if (removed.Count == 0) await scope.Storage.ConfirmAsync(keys.Messages, cancellationToken).ConfigureAwait(false);
        return removed;
    }

    private async Task<IReadOnlyList<HistoryMessage>> RemoveThoseThereAsync(ConversationKeys keys, MessageRange range, CancellationToken cancellationToken)
    {
        using var update = await scope.Updates.BeginAsync(keys.Head, cancellationToken).ConfigureAwait(false);
        do
        {
            // The head first, in a read of its own: what is read of the messages is then no older than what the commit checks.
            if (await scope.Storage.ReadAsync(new DocumentRead(keys.Head), cancellationToken).ConfigureAwait(false) is not { } head) return [];
            if (await scope.Storage.ReadAsync(reader.First(keys.Messages, range), cancellationToken).ConfigureAwait(false) is not { } log) return [];
            var isLong = log.Count > options.MaximumMessages;
            if (isLong && log.Entries.Count < log.Count && (log = await scope.Storage.ReadAsync(new LogRead(keys.Messages), cancellationToken).ConfigureAwait(false)) is null) return [];
            var thread = isLong ? MessageThread.Whole(reader.Decode(keys.Messages, log.Entries)).Trim(options.MaximumMessages)
                : await reader.ThreadAsync(keys.Messages, log, range, cancellationToken).ConfigureAwait(false);
            var removed = thread.Removed(range);
            if (removed.Count == 0) return [];

            // What is beyond the maximum goes too, else it would be seen again once there is room, and so do results without a call.
            var going = removed.Select(static m => m.Sequence).ToHashSet();
            var removal = log.Entries.Count == log.Count
                ? EntryRemoval.AllBut(keys.Messages, log.Entries.Select(static e => new LogEntryId(e.Sequence, e.Id!)), [.. thread.Messages.Where(m => !going.Contains(m.Sequence))])
                : EntryRemoval.Of(keys.Messages, thread.Messages.Select(static m => new LogEntryId(m.Sequence, m.Id!)), going.Contains);
            if ((await scope.Storage.CommitAsync(new([Rewrite(keys, head), .. removal!]), cancellationToken).ConfigureAwait(false)).IsCommitted) return removed;
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the conversation", keys.Subject);
    }

    private static PutDocument Rewrite(ConversationKeys keys, DocumentContent head) => new(keys.Head, head.Value, StateExpiry.Keep, StateCondition.IfMatch(head.ETag));

    private static HistoryMessage Checked(HistoryMessage old, HistoryMessage? edited)
    {
        if (edited is null) throw new InvalidOperationException("The edit returned null. To take a message away, remove it.");
        if (MessageRules.Fault(edited) is { } fault) throw new InvalidOperationException($"The edited message cannot be kept: {fault}");
        if (edited.Role != old.Role || (edited.Id ?? old.Id) != old.Id || edited.Sequence != 0 && edited.Sequence != old.Sequence)
            throw new InvalidOperationException("An edit cannot change a message's role, id or sequence. Remove it and append another.");
        if (!edited.ToolResults.Select(static r => r.CallId).SequenceEqual(old.ToolResults.Select(static r => r.CallId)))
            throw new InvalidOperationException("An edit cannot change which calls a message answers. Edit the texts of its results.");
        return MessageRules.Complete(edited with { Id = old.Id, Sequence = old.Sequence, CreatedAt = edited.CreatedAt ?? old.CreatedAt, EditedAt = old.EditedAt }, default);
    }

    private async ValueTask CheckCallsAsync(ConversationKeys keys, HistoryMessage old, HistoryMessage edited, CancellationToken cancellationToken)
    {
        var gone = old.ToolCalls.Select(static c => c.Id).Except(edited.ToolCalls.Select(static c => c.Id)).ToHashSet();
        if (gone.Count == 0 || await reader.ReadAsync(keys, MessageRange.After(old.Sequence - 1), cancellationToken).ConfigureAwait(false) is not { } thread) return;
        if (thread.IsAnswered(old.Sequence, gone))
            throw new InvalidOperationException("An edit cannot take away a tool call that has its result, nor give it another id. Remove the call, which takes its results with it.");
    }
}
