using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="IHistoryManager"/>
internal sealed class HistoryManager : IHistoryManager
{
    internal const int MaximumTitle = 1_000;

    private const int DeleteTogether = 100;

    private readonly StateScope _scope;
    private readonly ConversationBook _book;
    private readonly HistoryReader _reader;
    private readonly HistoryAppender _appender;
    private readonly HistoryEditor _editor;
    private readonly HistorySearch _search;
    private readonly HistoryTransfer _transfer;
    private readonly HistoryImport _import;

    public HistoryManager(StateScope scope, HistoryManagerOptions options)
    {
        _scope = scope;
        _book = new(scope, options);
        _reader = new(scope, options, _book);
        _appender = new(scope, options, _reader, _book);
        _editor = new(scope, options, _reader);
        _search = new(scope, _reader);
        var maker = new ConversationMaker(scope, _book);
        _transfer = new(_reader, _book, maker);
        _import = new(scope, options, _book, maker);
    }

    public async Task<Conversation> CreateAsync(string userId, string? title = null, string? hostConversationId = null, CancellationToken cancellationToken = default)
    {
        StateName.Check(userId);
        CheckTitle(title);
        if (hostConversationId is not null) StateName.Check(hostConversationId);
        await _scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var keys = hostConversationId is null ? _book.NewKeys(userId) : Keys(_book.IdOf(userId, hostConversationId))!.Value;
        // Under an id of the host's, messages of an import that was not finished may lie.
        StateOperation[] clear = hostConversationId is null ? [] : [new DeleteKey(keys.Messages)];
        var update = _scope.Updates.Begin();
        do
        {
            if (await _book.CreateAsync(keys, new() { UserId = userId, Title = title, HostId = hostConversationId }, null, clear, cancellationToken).ConfigureAwait(false) is { } created) return created;
            if (await _book.FindAsync(keys, cancellationToken).ConfigureAwait(false) is { } there) return there;
            // It was there and is gone again, so it can be created.
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the conversation", keys.Subject);
    }

    public ValueTask<string> GetIdAsync(string userId, string hostConversationId, CancellationToken cancellationToken = default)
    {
        StateName.Check(userId);
        StateName.Check(hostConversationId);
        return IdOfAsync(userId, hostConversationId, cancellationToken);
    }

    public async Task<ConversationSummary?> GetAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        if (await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) is not { } keys) return null;
        var contents = await _scope.Storage.ReadAsync([new DocumentRead(keys.Head), new LogRead(keys.Messages, limit: 1), new LogRead(keys.Messages, limit: 1, fromEnd: true)], cancellationToken).ConfigureAwait(false);
        if (contents is not [DocumentContent head, var oldest, var newest]) return null;

        var (log, end) = ((LogContent?)oldest, (LogContent?)newest);
        var (count, ends) = (log?.Count ?? 0, _reader.Decode(keys.Messages, [.. log?.Entries ?? [], .. end?.Entries ?? []]));
        if (log is not null && await _reader.TrimmedAsync(keys, log, cancellationToken).ConfigureAwait(false) is { } thread)
            (count, ends) = (thread.Messages.Count, [.. thread.Messages.Take(1), .. thread.Messages.TakeLast(1)]);
        var conversation = _book.Decode(keys, head);
        return new()
        {
            Id = keys.Id,
            UserId = conversation.UserId,
            Title = conversation.Title,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(conversation.CreatedAt),
            ExpiresAt = head.Expiry.Instant,
            MessageCount = count,
            FirstMessageAt = ends.FirstOrDefault()?.CreatedAt,
            LastMessageAt = ends.LastOrDefault()?.CreatedAt,
        };
    }

    public Task<StatePage<Conversation>> ListAsync(string userId, int pageSize = 50, string? after = null, CancellationToken cancellationToken = default)
    {
        StateName.Check(userId);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 1_000);
        return _book.ListAsync(userId, pageSize, HistoryCursor.Read(after), cancellationToken);
    }

    public async Task<bool> RenameAsync(string conversationId, string? title, CancellationToken cancellationToken = default)
    {
        CheckTitle(title);
        return await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) is { } keys
            && await _book.UpdateAsync(keys, head => head with { Title = title }, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<HistoryMessage>> AppendAsync(string conversationId, IReadOnlyList<HistoryMessage> messages, CancellationToken cancellationToken = default) =>
        _appender.AppendAsync(conversationId, messages, cancellationToken);

    public async Task<IReadOnlyList<HistoryMessage>> ReadAsync(string conversationId, MessageRange range = default, CancellationToken cancellationToken = default)
    {
        CheckRole(range);
        if (await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) is not { } keys) return [];
        return (await _reader.ReadAsync(keys, range, cancellationToken).ConfigureAwait(false))?.Read(range) ?? [];
    }

    public IAsyncEnumerable<HistoryMatch> SearchAsync(string conversationId, string text, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(conversationId);
        return _search.InConversationAsync(conversationId, new(text), cancellationToken);
    }

    public IAsyncEnumerable<HistoryMatch> SearchUserAsync(string userId, string text, CancellationToken cancellationToken = default)
    {
        StateName.Check(userId);
        return _search.OfUserAsync(userId, new(text), cancellationToken);
    }

    public async Task<HistoryMessage?> EditAsync(string conversationId, long sequence, Func<HistoryMessage, HistoryMessage> edit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequence);
        ArgumentNullException.ThrowIfNull(edit);
        return await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) is { } keys ? await _editor.EditAsync(keys, sequence, edit, cancellationToken).ConfigureAwait(false) : null;
    }

    public async Task<IReadOnlyList<HistoryMessage>> RemoveAsync(string conversationId, MessageRange range, CancellationToken cancellationToken = default)
    {
        CheckRole(range);
        if (range.IsPrompt || range.WithoutOpenCalls) throw new ArgumentException("A prompt, or a range without open calls, is read and not removed.", nameof(range));
        return await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) is { } keys ? await _editor.RemoveAsync(keys, range, cancellationToken).ConfigureAwait(false) : [];
    }

    public async Task<Conversation> ForkAsync(string conversationId, long lastSequence, string? title = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lastSequence);
        CheckTitle(title);
        return await _transfer.ForkAsync(await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) ?? throw ConversationKeys.NotFound(), lastSequence, title, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> DeleteAsync(string conversationId, CancellationToken cancellationToken = default) =>
        await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) is { } keys && await _book.DeleteAsync(keys, cancellationToken).ConfigureAwait(false);

    public async Task<int> DeleteAllAsync(string userId, CancellationToken cancellationToken = default)
    {
        StateName.Check(userId);
        await _scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var partition = _scope.UserPartition(userId);
        var listing = new IndexRead(_scope.Key(partition, StateTypes.UserConversations, userId), limit: DeleteTogether);
        var deleted = 0;
        while (await _scope.Storage.ReadAsync(listing, cancellationToken).ConfigureAwait(false) is { Members: { Count: > 0 } members })
            if (StateMember.NoKeys(members) is { Length: > 0 } others) await _scope.Storage.CommitAsync(new(new RemoveMembers(listing.Key, others)), cancellationToken).ConfigureAwait(false);
            else deleted += await _book.DeleteAsync(partition, userId, [.. members.Select(static m => m.Member)], cancellationToken).ConfigureAwait(false);
        if (deleted == 0) await _scope.Storage.ConfirmAsync(listing.Key, cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    public async Task ExportAsync(string conversationId, Stream destination, HistoryExportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await _transfer.ExportAsync(await FindAsync(conversationId, cancellationToken).ConfigureAwait(false) ?? throw ConversationKeys.NotFound(), destination, options ?? new(), cancellationToken).ConfigureAwait(false);
    }

    public async Task<HistoryImportResult> ImportAsync(string userId, Stream source, ConversationOptions? options = null, CancellationToken cancellationToken = default)
    {
        StateName.Check(userId);
        ArgumentNullException.ThrowIfNull(source);
        CheckTitle(options?.Title);
        if (options?.HostConversationId is { } hostId) StateName.Check(hostId);
        await _scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _import.RunAsync(userId, source, options ?? new(), cancellationToken).ConfigureAwait(false);
    }

    public Task<int> CleanupAsync(CancellationToken cancellationToken = default) => _book.CleanupAsync(cancellationToken);

    private ConversationKeys? Keys(string conversationId) => ConversationKeys.Of(_scope, conversationId);

    private ValueTask<ConversationKeys?> FindAsync(string conversationId, CancellationToken cancellationToken) => ConversationKeys.FindAsync(_scope, conversationId, cancellationToken);

    private async ValueTask<string> IdOfAsync(string userId, string hostConversationId, CancellationToken cancellationToken)
    {
        await _scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        return _book.IdOf(userId, hostConversationId);
    }

    private static void CheckRole(MessageRange range)
    {
        if (range.Role is { Length: 0 }) throw new ArgumentException("The role is empty; null means every role.", nameof(range));
    }

    private static void CheckTitle(string? title)
    {
        if (title is null) return;
        ArgumentException.ThrowIfNullOrEmpty(title);
        if (title.Length > MaximumTitle) throw new ArgumentException($"It has {title.Length:N0} characters; at most {MaximumTitle:N0} are accepted.", nameof(title));
        if (!StateText.IsWellFormed(title)) throw new ArgumentException("It has half a surrogate pair. Remove the broken character.", nameof(title));
    }
}
