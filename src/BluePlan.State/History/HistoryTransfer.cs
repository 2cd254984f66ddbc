using System.Text.Json;

namespace BluePlan.State;

/// <summary>Conversations to files, and their copies. <see cref="HistoryImport"/> is the way back.</summary>
internal sealed class HistoryTransfer(HistoryReader reader, ConversationBook book, ConversationMaker maker)
{
    private const int FlushBytes = 256 * 1024;

    /// <exception cref="StateNotFoundException">There is no such conversation.</exception>
    /// <exception cref="InvalidOperationException">A plain training example is wanted, and no message is the model's.</exception>
    public async Task ExportAsync(ConversationKeys keys, Stream destination, HistoryExportOptions options, CancellationToken cancellationToken)
    {
        var (head, messages) = await ReadAsync(keys, cancellationToken).ConfigureAwait(false);
        if (options.IsPlain) messages = options.IsTrainingExample ? PlainExport.OfTrainingExample(messages) : PlainExport.Of(messages);
        using var buffer = new ExportBuffer(destination, FlushBytes);
        using var json = new Utf8JsonWriter(buffer.Writer, OpenAiFormat.WriterOptions);
        var asOne = options.IsTrainingExample || messages.Count == 0 && !options.IsPlain;
        if (asOne)
        {
            json.WriteStartObject();
            json.WriteStartArray("messages");
        }
        var writer = new OpenAiMessageWriter(json, options, asOne ? static () => { } : () => EndLine(json, buffer));
        for (var i = 0; i < messages.Count; i++)
        {
            writer.Write(messages[i], i == 0 && !asOne ? () => WriteFacts(json, keys, head, withMembers: true) : null);
            if (!buffer.IsFull) continue;
            json.Flush();
            await buffer.SendAsync(cancellationToken).ConfigureAwait(false);
        }
        if (asOne)
        {
            json.WriteEndArray();
            foreach (var (name, value) in head.Members ?? [])
            {
                if (options.IsPlain && !PlainExport.IsConversationMember(name)) continue;
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            if (!options.IsPlain)
            {
                json.WriteStartObject(OpenAiFormat.Extension);
                WriteFacts(json, keys, head, withMembers: false);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            EndLine(json, buffer);
        }
        await buffer.SendAsync(cancellationToken).ConfigureAwait(false);
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="StateNotFoundException">There is no such conversation.</exception>
    public async Task<Conversation> ForkAsync(ConversationKeys keys, long lastSequence, string? title, CancellationToken cancellationToken)
    {
        var (head, messages) = await ReadAsync(keys, cancellationToken).ConfigureAwait(false);
        var copy = new ConversationHead { UserId = head.UserId, Title = title ?? head.Title, Members = head.Members };
        var copyKeys = book.NewKeys(head.UserId);
        return await maker.MakeAsync(copyKeys, copy, null, [.. messages.TakeWhile(m => m.Sequence <= lastSequence)], cancellationToken).ConfigureAwait(false) ?? throw ConversationMaker.ComesAndGoes(copyKeys);
    }

    private static void EndLine(Utf8JsonWriter json, ExportBuffer buffer)
    {
        json.Flush();
        buffer.EndLine();
        json.Reset();
    }

    private static void WriteFacts(Utf8JsonWriter json, ConversationKeys keys, ConversationHead head, bool withMembers)
    {
        json.WriteStartObject("conversation");
        json.WriteString("id", keys.Id);
        if (head.HostId is not null) json.WriteString("host_id", head.HostId);
        if (head.Title is not null) json.WriteString("title", head.Title);
        OpenAiMessageWriter.WriteInstant(json, "created_at", DateTimeOffset.FromUnixTimeMilliseconds(head.CreatedAt));
        if (withMembers && head.Members is { Count: > 0 } members)
        {
            json.WriteStartObject("members");
            JsonMembers.Write(json, members);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    // The head last: when it is there then, so were the messages, and a conversation that is deleted meanwhile is not
    // taken for an empty one.
    private async ValueTask<(ConversationHead Head, IReadOnlyList<HistoryMessage> Messages)> ReadAsync(ConversationKeys keys, CancellationToken cancellationToken)
    {
        var thread = await reader.ReadAsync(keys, MessageRange.All, cancellationToken).ConfigureAwait(false);
        return await book.HeadAsync(keys, cancellationToken).ConfigureAwait(false) is var (head, _) ? (head, thread?.Messages ?? []) : throw ConversationKeys.NotFound(keys.Id);
    }
}
