using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Reads conversations: no more of them than a range needs, and never what lies beyond the maximum.</summary>
/// <remarks>
/// With a maximum of at most <see cref="Short"/> messages everything is read at once, so that a read is one round trip and one instant. A longer conversation is read from its end in
/// growing steps until the range is answered as if all of it had been read.
/// </remarks>
internal sealed class HistoryReader(StateScope scope, HistoryManagerOptions options, ConversationBook book)
{
    private const int Short = 512;
    private const int Step = 256;
    // Results at the beginning of what is read whose call is older, which is seldom more than a few: with more of them the conversation is read in a second step.
    private const int Spare = 4;

    // How far the store's time, as it is known here, may be behind that of a commit.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    // Within what time the messages of an unfinished import expire, as it is seen here.
    private static readonly TimeSpan DraftEnd = ConversationMaker.Abandoned + ClockTolerance;

    private bool ReadsWhole => options.MaximumMessages <= Short;

    /// <summary>Enough of a conversation to answer a range; null when there is no message.</summary>
    public async ValueTask<MessageThread?> ReadAsync(ConversationKeys keys, MessageRange range, CancellationToken cancellationToken)
    {
        var key = keys.Messages;
        var content = await BeginAsync(keys, First(key, range), cancellationToken).ConfigureAwait(false);
        return content is null ? null : Newest(key, content, range) ?? await ThreadAsync(key, content, range, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Answers the first question about the messages of a conversation that may be none. If there is no message, or
    /// they are those of an import that has not ended, <c>null</c>.
    /// </summary>
    public async ValueTask<LogContent?> BeginAsync(ConversationKeys keys, LogRead first, CancellationToken cancellationToken)
    {
        // If conversations end soon, so do messages of an unfinished import, and both look alike.
        if (options.Timeout <= DraftEnd)
        {
            // The head first: if it is there, so are all messages.
            var both = await scope.Storage.ReadAsync([new DocumentRead(keys.Head, headOnly: true), first], cancellationToken).ConfigureAwait(false);
            return both[0] is null ? null : (LogContent?)both[1];
        }
        var log = await scope.Storage.ReadAsync(first, cancellationToken).ConfigureAwait(false);
        if (log?.Expiry.Instant is not { } end || end > await scope.NowAsync(cancellationToken).ConfigureAwait(false) + DraftEnd) return log;
        // When the head is there, so are all messages, which those that were read before it need not be.
        return await book.HeadAsync(keys, cancellationToken).ConfigureAwait(false) is null ? null : await scope.Storage.ReadAsync(first, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The whole conversation, trimmed, when it is longer than the maximum; else null, and the log is what it seems.</summary>
    public async ValueTask<MessageThread?> TrimmedAsync(ConversationKeys keys, LogContent log, CancellationToken cancellationToken) =>
        log.Count > options.MaximumMessages ? await ReadAsync(keys, MessageRange.All, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>The question that <see cref="PagesAsync"/> begins with, so that many conversations can be asked about at once.</summary>
    public LogRead FirstPage(ConversationKeys keys) => ReadsWhole ? new(keys.Messages) : new(keys.Messages, limit: Step, fromEnd: true);

    /// <summary>All messages that trimming leaves, in pages, the newest page first and each page rising. Results without a call may be among them unless the conversation was read whole.</summary>
    public async IAsyncEnumerable<IReadOnlyList<HistoryMessage>> PagesAsync(ConversationKeys keys, LogContent first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = keys.Messages;
        if (first.Count > options.MaximumMessages || first.Entries.Count == first.Count)
        {
            yield return (await ThreadAsync(key, first, MessageRange.All, cancellationToken).ConfigureAwait(false)).Messages;
            yield break;
        }
        for (var page = first.Entries; page.Count > 0; page = await OlderAsync(key, page[0].Sequence, Step, cancellationToken).ConfigureAwait(false))
            yield return Decode(key, page);
    }

    public List<HistoryMessage> Decode(StateKey key, IReadOnlyList<LogEntry> entries, int from = 0)
    {
        var messages = new List<HistoryMessage>(entries.Count - from);
        for (var i = from; i < entries.Count; i++) messages.Add(MessageCodec.Decode(scope.Codec, key, entries[i]));
        return messages;
    }

    /// <summary>The question that begins to answer a range; <see cref="ThreadAsync"/> goes on.</summary>
    public LogRead First(StateKey key, MessageRange range) =>
        ReadsWhole || range.IsPrompt || range is { Count: null, First: null, IsLastTurn: false } ? new(key)
        : range.First is { } first ? new(key, first: Math.Max(1, first - Spare))
        : new(key, limit: range is { Count: { } count, Last: null, Role: null } ? (int)Math.Min(count + (long)Spare, int.MaxValue) : Step, fromEnd: true);

    /// <summary>Enough of a conversation to answer a range.</summary>
    public async ValueTask<MessageThread> ThreadAsync(StateKey key, LogContent content, MessageRange range, CancellationToken cancellationToken)
    {
        var messages = Decode(key, content.Entries);
        var isWhole = messages.Count == content.Count;
        var isLong = content.Count > options.MaximumMessages;
        while (!isWhole)
        {
            if (!isLong && MessageThread.Newest(messages) is var newest && newest.Suffices(range)) return newest;
            var limit = isLong ? int.MaxValue : Math.Max(Step, messages.Count);
            var oldest = messages.Count > 0 ? messages[0].Sequence : content.LastSequence + 1;
            var older = await OlderAsync(key, oldest, limit, cancellationToken).ConfigureAwait(false);
            messages.InsertRange(0, Decode(key, older));
            isWhole = older.Count < limit;
        }
        return MessageThread.Whole(messages).Trim(options.MaximumMessages);
    }

    /// <summary>The newest messages, when that is what a range asks for and no more are needed to answer it: then only they are worth decoding. Else null.</summary>
    private MessageThread? Newest(StateKey key, LogContent content, MessageRange range)
    {
        if (content.Count > options.MaximumMessages || range is not { FromEnd: true, Count: { } count, Last: null, Role: null } || content.Entries.Count <= count) return null;
        var newest = MessageThread.Newest(Decode(key, content.Entries, content.Entries.Count - count));
        return newest.Suffices(range) ? newest : null;
    }

    private async ValueTask<IReadOnlyList<LogEntry>> OlderAsync(StateKey key, long than, int limit, CancellationToken cancellationToken) =>
        than <= 1 ? [] : (await scope.Storage.ReadAsync(new LogRead(key, last: than - 1, limit: limit, fromEnd: true), cancellationToken).ConfigureAwait(false))?.Entries ?? [];
}
