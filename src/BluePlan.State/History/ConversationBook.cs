using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The conversations themselves, without their messages: heads, the users' listings, expiry.</summary>
internal sealed class ConversationBook(StateScope scope, HistoryManagerOptions options)
{
    private readonly ConversationNotes _notes = ConversationNotes.Of(scope.Storage);
    private readonly ExpiryIndex _expiry = new(scope, StateTypes.ConversationExpiry);

    public ConversationKeys NewKeys(string userId)
    {
        var route = StateRoute.OfUser(scope.Tenant, userId);
        return new(scope, scope.Partition(route), StateId.New(route));
    }

    public string IdOf(string userId, string hostConversationId) =>
        StateId.For("conversation", StateRoute.OfUser(scope.Tenant, userId), scope.Tenant, userId, hostConversationId);

    /// <summary>The keys of the conversation that an import of another one's id makes: always the same, and no other
    /// conversation's.</summary>
    public ConversationKeys ImportKeys(string userId, string importedId)
    {
        var route = StateRoute.OfUser(scope.Tenant, userId);
        return new(scope, scope.Partition(route), StateId.For("imported-conversation", route, scope.Tenant, userId, importedId));
    }

    /// <summary>Creates a conversation unless it is there, with more in the same commit; null when it is there.</summary>
    /// <param name="keys">Where.</param>
    /// <param name="head">Whose, its title and so on. The time of its creation is now when it has none.</param>
    /// <param name="lastActivity">When it was last active; null = now.</param>
    /// <param name="messages">Writes its messages, the last operation; or deletes what an unfinished import left; empty = nothing can lie there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Conversation?> CreateAsync(ConversationKeys keys, ConversationHead head, DateTimeOffset? lastActivity, IReadOnlyList<StateOperation> messages, CancellationToken cancellationToken)
    {
        var now = Instant((await scope.NowAsync(cancellationToken).ConfigureAwait(false)).ToUnixTimeMilliseconds());
        if (head.CreatedAt == 0) head = head with { CreatedAt = now.ToUnixTimeMilliseconds() };
        var activity = lastActivity ?? now;
        using var bytes = scope.Codec.EncodeRecord(ValueLocation.Document(keys.Head), head, HistoryJson.Default.ConversationHead);
        var expiry = Expiry;
        var operations = new List<StateOperation>(6)
        {
            new PutDocument(keys.Head, bytes.Written, expiry, StateCondition.IfAbsent),
            new SetScores(keys.Listing(head.UserId), [new(keys.Id, activity.ToUnixTimeMilliseconds())]),
        };
        operations.AddRange(messages);
        if (messages is [.., AppendEntries]) operations.Add(new ExpireKey(keys.Messages, expiry));
        if (_expiry.Set(keys.Partition, Member(keys, head.UserId), expiry, now) is { } look) operations.Add(look);
        var result = await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
        if (!result.IsCommitted) return null;
        _notes.Add(keys.Id, head.UserId, options.Timeout is not null);
        return Describe(keys.Id, head, activity);
    }

    /// <summary>Reads the head; null when there is no such conversation.</summary>
    public async ValueTask<(ConversationHead Head, DocumentContent Content)?> HeadAsync(ConversationKeys keys, CancellationToken cancellationToken) =>
        await scope.Storage.ReadAsync(new DocumentRead(keys.Head), cancellationToken).ConfigureAwait(false) is { } content ? (Decode(keys, content), content) : null;

    /// <summary>A conversation with its place in the listing; null when there is none.</summary>
    public async Task<Conversation?> FindAsync(ConversationKeys keys, CancellationToken cancellationToken)
    {
        if (await HeadAsync(keys, cancellationToken).ConfigureAwait(false) is not var (head, _)) return null;
        var listing = await scope.Storage.ReadAsync(new IndexRead(keys.Listing(head.UserId), [keys.Id]), cancellationToken).ConfigureAwait(false);
        return Describe(keys.Id, head, Instant(listing?.Members is [var member, ..] ? member.Score : head.CreatedAt));
    }

    public ConversationHead Decode(ConversationKeys keys, DocumentContent content)
    {
        var head = scope.Codec.Decode(ValueLocation.Document(keys.Head), content.Value).ReadRecord(HistoryJson.Default.ConversationHead);
        _notes.Add(keys.Id, head.UserId, content.Expiry.Kind is not StateExpiryKind.Never);
        return head;
    }

    /// <summary>Whose a conversation is, without a read when this process has seen it; null when there is no such conversation.</summary>
    public async ValueTask<ConversationNote?> NoteAsync(ConversationKeys keys, CancellationToken cancellationToken)
    {
        if (_notes.Find(keys.Id) is { } note) return note;
        if (await HeadAsync(keys, cancellationToken).ConfigureAwait(false) is not var (head, content)) return null;
        return _notes.Add(keys.Id, head.UserId, content.Expiry.Kind is not StateExpiryKind.Never);
    }

    public void Forget(ConversationKeys keys) => _notes.Remove(keys.Id);

    /// <inheritdoc cref="ConversationNotes.Mark"/>
    public void Mark(ConversationNote note, MessageMarks? marks) => _notes.Mark(note, marks);

    /// <summary>What an append adds to its commit so that the conversation lives on as the settings say; nothing when it never expires.</summary>
    public IReadOnlyList<StateOperation> Renew(ConversationKeys keys, ConversationNote note, DateTimeOffset now) => options.Timeout is null && !note.Expires ? []
        : [
            new ExpireKey(keys.Head, Expiry),
            new ExpireKey(keys.Messages, Expiry),
            (StateOperation?)_expiry.Set(keys.Partition, Member(keys, note.UserId), Expiry, now) ?? _expiry.Remove(keys.Partition, [Member(keys, note.UserId)]),
        ];

    /// <summary>Writes the head anew, from what it is now; false when there is no such conversation.</summary>
    /// <exception cref="StateConflictException">Others wrote it in between every time.</exception>
    public async Task<bool> UpdateAsync(ConversationKeys keys, Func<ConversationHead, ConversationHead> update, CancellationToken cancellationToken)
    {
        using var turn = await scope.Updates.BeginAsync(keys.Head, cancellationToken).ConfigureAwait(false);
        do
        {
            if (await HeadAsync(keys, cancellationToken).ConfigureAwait(false) is not var (head, content))
            {
                await scope.Storage.ConfirmAsync(keys.Head, cancellationToken).ConfigureAwait(false);
                return false;
            }
            using var bytes = scope.Codec.EncodeRecord(ValueLocation.Document(keys.Head), update(head), HistoryJson.Default.ConversationHead);
            var put = new PutDocument(keys.Head, bytes.Written, StateExpiry.Keep, StateCondition.IfMatch(content.ETag));
            if ((await scope.Storage.CommitAsync(new(put), cancellationToken).ConfigureAwait(false)).IsCommitted) return true;
        }
        while (await turn.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw turn.Contended("the conversation", keys.Subject);
    }

    public async Task<StatePage<Conversation>> ListAsync(string userId, int pageSize, IndexMember? after, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var partition = scope.UserPartition(userId);
        var listing = scope.Key(partition, StateTypes.UserConversations, userId);
        PageContent? page;
        PageItem[] members;
        do
        {
            page = await scope.Storage.ReadPageAsync(new(listing, StateTypes.Conversation.Name, scope.IdPrefix, pageSize + 1, descending: true, after), cancellationToken).ConfigureAwait(false);
            if (page is null) return new([], null);
            members = [.. page.Items.Take(pageSize).Where(static item => StateTypes.UserConversations.IsMember!(item.Member))];
            // A page without a conversation is passed over.
            after = page.Items.Count > pageSize ? page.Items[pageSize - 1].Member : null;
        }
        while (members.Length == 0 && after is not null);
        var (conversations, dead) = (new List<Conversation>(members.Length), new List<ExpiringItem>());
        foreach (var ((member, score), content) in members)
        {
            var keys = new ConversationKeys(scope, partition, member);
            if (content is not null) conversations.Add(Describe(keys.Id, Decode(keys, content), Instant(score)));
            else dead.Add(Expiring(keys, userId));
        }
        if (dead.Count > 0) await TidyAsync(partition, dead, cancellationToken).ConfigureAwait(false);
        return new(conversations, page.Items.Count > pageSize ? HistoryCursor.Write(members[^1].Member) : null);
    }

    public async Task<bool> DeleteAsync(ConversationKeys keys, CancellationToken cancellationToken)
    {
        if (await NoteAsync(keys, cancellationToken).ConfigureAwait(false) is not { } note)
        {
            await scope.Storage.ConfirmAsync(keys.Head, cancellationToken).ConfigureAwait(false);
            return false;
        }
        return await DeleteAsync(keys.Partition, note.UserId, [keys.Id], cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>Deletes conversations of a user in one commit, and answers how many of them were there.</summary>
    public async Task<int> DeleteAsync(int partition, string userId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var all = ids.Select(id => new ConversationKeys(scope, partition, id)).ToArray();
        var result = await scope.Storage.CommitAsync(new(
        [
            .. all.Select(static keys => new DeleteKey(keys.Head)),
            .. all.Select(static keys => new DeleteKey(keys.Messages)),
            new RemoveMembers(scope.Key(partition, StateTypes.UserConversations, userId), ids),
            _expiry.Remove(partition, [.. all.Select(keys => Member(keys, userId))]),
        ]), cancellationToken).ConfigureAwait(false);
        foreach (var keys in all) Forget(keys);
        return (int)result.Results.Take(all.Length).Sum(static r => r.Count);
    }

    public Task<int> CleanupAsync(CancellationToken cancellationToken) =>
        _expiry.SweepAsync((partition, parts) => parts is [var tenant, var userId, var id] ? Expiring(new(scope with { Tenant = tenant }, partition, id), userId) : null, cancellationToken);

    private async ValueTask TidyAsync(int partition, List<ExpiringItem> dead, CancellationToken cancellationToken)
    {
        try
        {
            await _expiry.DropAsync(partition, dead, cancellationToken).ConfigureAwait(false);
        }
        catch (StateUnavailableException)
        {
            // The page is read and passes over the dead already; the next listing or cleanup tries again.
        }
    }

    private StateExpiry Expiry => options.Timeout is { } timeout ? StateExpiry.After(timeout) : StateExpiry.Never;

    private static string Member(ConversationKeys keys, string userId) => KeyText.Join(keys.Scope.Tenant, userId, keys.Id);

    private static ExpiringItem Expiring(ConversationKeys keys, string userId) =>
        new(Member(keys, userId), [keys.Head], keys.Listing(userId), keys.Id) { Remains = [keys.Messages] };

    public static Conversation Describe(string id, ConversationHead head, DateTimeOffset lastActivity) => new()
    {
        Id = id,
        UserId = head.UserId,
        Title = head.Title,
        CreatedAt = Instant(head.CreatedAt),
        LastActivityAt = lastActivity,
        HostConversationId = head.HostId,
        AdditionalProperties = JsonMembers.FromStored(head.Members),
    };

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
