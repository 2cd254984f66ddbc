using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Files to conversations: the whole file is read and checked before anything is written.</summary>
internal sealed class HistoryImport(StateScope scope, HistoryManagerOptions options, ConversationBook book, ConversationMaker maker)
{
    /// <summary>The highest sequence that is taken over, so that as many again are left for what is appended.</summary>
    private const long HighestSequence = StateLimits.MaximumNumber / 2;

    /// <exception cref="InvalidDataException">The file cannot be kept.</exception>
    public async Task<HistoryImportResult> RunAsync(string userId, Stream source, ConversationOptions wanted, CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var file = new OpenAiFileReader(now);
        var read = await file.ReadAsync(source, cancellationToken).ConfigureAwait(false);
        if (read.Count == 0) read.Add(new(1));
        var drafts = new List<(ImportedConversation File, HistoryMessage[] Kept)>(read.Count);
        var omitted = 0;
        foreach (var conversation in read)
        {
            ImportSize.Check(scope.Codec, conversation);
            var kept = Kept(conversation, file.Changes);
            omitted += conversation.Messages.Count - kept.Length;
            drafts.Add((conversation, kept));
        }
        if (wanted.HostConversationId is { } whole && drafts.Count > 1) StateName.Check($"{whole}#{drafts.Count}", nameof(ConversationOptions.HostConversationId));
        var (made, existing) = (new List<Conversation>(drafts.Count), 0);
        for (var i = 0; i < drafts.Count; i++)
        {
            var hostId = wanted.HostConversationId is { } id ? drafts.Count == 1 ? id : $"{id}#{i + 1}" : null;
            var (conversation, existed) = await MakeAsync(userId, drafts[i].File, drafts[i].Kept, wanted.Title, hostId, now, file.Changes, cancellationToken).ConfigureAwait(false);
            made.Add(conversation);
            if (existed) existing++;
        }
        return new() { Conversations = made, Existing = existing, Omitted = omitted, Changes = [.. file.Changes.OrderBy(static c => c.Line)] };
    }

    /// <summary>The messages that the conversation keeps, with their sequences.</summary>
    private HistoryMessage[] Kept(ImportedConversation conversation, List<HistoryImportChange> changes)
    {
        HistoryMessage[] messages = [.. conversation.Messages.Select(static l => l.Message)];
        if (!Rise(messages))
        {
            if (Array.Exists(messages, static m => m.Sequence > 0)) changes.Add(new(conversation.Line, HistoryImportChangeKind.Renumbered));
            messages = [.. messages.Select(static (m, i) => m with { Sequence = i + 1 })];
        }
        var (ids, hidden) = (new HashSet<string>(StringComparer.Ordinal), new bool[messages.Length]);
        ToolLink.Find(messages, hidden);
        for (var i = 0; i < messages.Length; i++)
            if (!ids.Add(messages[i].Id!)) throw new InvalidDataException($"Line {conversation.Messages[i].Line}: its id is that of an earlier message.");
        HistoryMessage[] kept = [.. MessageThread.Whole(messages).Trim(options.MaximumMessages).Messages];
        var at = 0;
        for (var i = 0; i < messages.Length; i++)
            if (at < kept.Length && kept[at].Sequence == messages[i].Sequence) at++;
            else changes.Add(new(conversation.Messages[i].Line, hidden[i] ? HistoryImportChangeKind.ResultOmitted : HistoryImportChangeKind.MessageOmitted));
        return kept;
    }

    private async Task<(Conversation Conversation, bool Existed)> MakeAsync(string userId, ImportedConversation file, HistoryMessage[] kept, string? title, string? hostId, DateTimeOffset now, List<HistoryImportChange> changes, CancellationToken cancellationToken)
    {
        var (keys, host) = await KeysAsync(userId, file, hostId, cancellationToken).ConfigureAwait(false);
        var head = new ConversationHead { UserId = userId, Title = title ?? Title(file, changes), HostId = host, CreatedAt = Math.Min((file.CreatedAt ?? now).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds()), Members = JsonMembers.ToStored(file.Members) };
        if (await maker.MakeAsync(keys, head, Activity(kept, now), kept, cancellationToken).ConfigureAwait(false) is { } made) return (made, false);
        changes.Add(new(file.Line, HistoryImportChangeKind.ConversationExisted));
        return (await book.FindAsync(keys, cancellationToken).ConfigureAwait(false) ?? throw ConversationMaker.ComesAndGoes(keys), true);
    }

    // Without messages, or with a newest one of the future or of a time that no listing can have (as a time type's
    // default), it is the time of the import.
    private static DateTimeOffset? Activity(HistoryMessage[] kept, DateTimeOffset now) =>
        kept.Length > 0 && kept.Max(static m => m.CreatedAt) is { } newest && newest < now && StateMember.IsTime(newest.ToUnixTimeMilliseconds()) ? newest : null;

    /// <summary>Where the conversation goes: by the host's id, or by the id that it was exported with, so that a
    /// repeated import finds it; else anywhere.</summary>
    private async ValueTask<(ConversationKeys Keys, string? HostId)> KeysAsync(string userId, ImportedConversation file, string? hostId, CancellationToken cancellationToken)
    {
        if ((hostId ?? file.HostId) is { } host && StateName.IsValid(host)) return (ConversationKeys.Of(scope, book.IdOf(userId, host))!.Value, host);
        if (file.Id is not { } id || !StateName.IsValid(id)) return (book.NewKeys(userId), null);
        // The id of a file proves nothing: what is there under it may be another user's.
        if (ConversationKeys.Of(scope, id) is { } own && await book.HeadAsync(own, cancellationToken).ConfigureAwait(false) is var (head, _) && head.UserId == userId) return (own, null);
        return (book.ImportKeys(userId, id), null);
    }

    private static string? Title(ImportedConversation file, List<HistoryImportChange> changes)
    {
        if (file.Title is not { } title || title.Length is > 0 and <= HistoryManager.MaximumTitle && StateText.IsWellFormed(title)) return file.Title;
        changes.Add(new(file.Line, HistoryImportChangeKind.TitleOmitted));
        return null;
    }

    // Sequences are kept when every message has one and they rise, as in a file of our own.
    private static bool Rise(HistoryMessage[] messages)
    {
        long last = 0;
        foreach (var message in messages)
        {
            if (message.Sequence <= last || message.Sequence > HighestSequence) return false;
            last = message.Sequence;
        }
        return true;
    }
}
