using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Conversations to files and back, and their copies.</summary>
internal sealed class HistoryTransfer(StateScope scope, HistoryManagerOptions options, HistoryReader reader, ConversationBook book, ConversationMaker maker)
{
    private const int FlushBytes = 256 * 1024;

    /// <exception cref="StateNotFoundException">There is no such conversation.</exception>
    public async Task ExportAsync(ConversationKeys keys, Stream destination, CancellationToken cancellationToken)
    {
        var (_, messages) = await ReadAsync(keys, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < messages.Count;)
        {
            using var buffer = new PooledBuffer(FlushBytes);
            using (var writer = new OpenAiMessageWriter(buffer))
                while (i < messages.Count && buffer.Written.Length < FlushBytes) writer.Write(messages[i++]);
            await destination.WriteAsync(buffer.Written, cancellationToken).ConfigureAwait(false);
        }
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="InvalidDataException">The file cannot be kept as a conversation.</exception>
    public async Task<Conversation> ImportAsync(string userId, Stream source, string? title, CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var lines = await OpenAiMessageReader.ReadAsync(source, now, cancellationToken).ConfigureAwait(false);
        var messages = Numbered([.. lines.Select(static l => l.Message)]);
        var (ids, hidden) = (new HashSet<string>(StringComparer.Ordinal), new bool[messages.Length]);
        ToolLink.Find(messages, hidden);
        for (var i = 0; i < messages.Length; i++)
        {
            if (!ids.Add(messages[i].Id!)) throw new InvalidDataException($"Line {lines[i].Line}: its id is that of an earlier message.");
            if (hidden[i]) throw new InvalidDataException($"Line {lines[i].Line}: it has a tool result that answers no call before it.");
        }
        var kept = MessageThread.Whole(messages).Trim(options.MaximumMessages).Messages;
        var activity = kept.Count > 0 ? kept.Max(static m => m.CreatedAt) : null;
        return await maker.MakeAsync(userId, title, activity < now ? activity : null, kept, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="StateNotFoundException">There is no such conversation.</exception>
    public async Task<Conversation> ForkAsync(ConversationKeys keys, long lastSequence, string? title, CancellationToken cancellationToken)
    {
        var (head, messages) = await ReadAsync(keys, cancellationToken).ConfigureAwait(false);
        return await maker.MakeAsync(head.UserId, title ?? head.Title, null, [.. messages.TakeWhile(m => m.Sequence <= lastSequence)], cancellationToken).ConfigureAwait(false);
    }

    // The head last: when it is there then, so were the messages, and a conversation that is deleted meanwhile is not taken for an empty one.
    private async ValueTask<(ConversationHead Head, IReadOnlyList<HistoryMessage> Messages)> ReadAsync(ConversationKeys keys, CancellationToken cancellationToken)
    {
        var thread = await reader.ReadAsync(keys, MessageRange.All, cancellationToken).ConfigureAwait(false);
        return await book.HeadAsync(keys, cancellationToken).ConfigureAwait(false) is var (head, _) ? (head, thread?.Messages ?? []) : throw ConversationKeys.NotFound(keys.Id);
    }

    // Sequences are kept when every message has one and they rise, as in a file of our own; else they are given anew.
    private static HistoryMessage[] Numbered(HistoryMessage[] messages)
    {
        long last = 0;
        foreach (var message in messages)
        {
            if (message.Sequence <= last || message.Sequence > StateLimits.MaximumNumber) return [.. messages.Select(static (m, i) => m with { Sequence = i + 1 })];
            last = message.Sequence;
        }
        return messages;
    }
}
