using System.Runtime.ExceptionServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="IStateStore"/>
internal sealed class StateStore(StateScope scope) : IStateStore
{
    private readonly ExpiryIndex _deadlines = new(scope, StateTypes.DataExpiry);

    private StoredFields Fields => field ??= new(scope, _deadlines);

    public async Task<StateETag> SetAsync<T>(string category, string key, T value, StateExpiry expiry, StateCondition condition, CancellationToken cancellationToken)
    {
        var name = StoredName.Check(category, key);
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        using var encoded = scope.Codec.Encode(ValueLocation.Document(stored.Value), value);
        if (expiry.Kind is StateExpiryKind.Keep) return await SetKeepingAsync(stored, encoded.Written, condition, cancellationToken).ConfigureAwait(false);
        var put = new PutDocument(stored.Value, encoded.Written, expiry, condition);
        var (etag, conflict) = await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false);
        return conflict is null ? etag : throw Unmet(stored, condition, conflict.ActualETag);
    }

    public Task<StateEntry<T>?> GetAsync<T>(string category, string key, CancellationToken cancellationToken) =>
        ReadAsync<T>(StoredName.Check(category, key), StateExpiry.Keep, cancellationToken);

    public Task<StateEntry<T>?> PeekAsync<T>(string category, string key, CancellationToken cancellationToken) =>
        ReadAsync<T>(StoredName.Check(category, key), null, cancellationToken);

    public async Task<StateEntry<T>> UpdateAsync<T>(string category, string key, Func<T?, T> update, StateExpiry? expiry, CancellationToken cancellationToken)
    {
        var name = StoredName.Check(category, key);
        ArgumentNullException.ThrowIfNull(update);
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        using var turn = await scope.Updates.BeginAsync(stored.Value, cancellationToken).ConfigureAwait(false);
        do
        {
            // The read slides what slides, so the write may keep the expiry as it then is.
            var slides = !scope.Undecodable.Contains(stored.Value);
            var there = await scope.Storage.ReadAsync(new DocumentRead(stored.Value, slides ? StateExpiry.Keep : null), cancellationToken).ConfigureAwait(false);
            var old = there is { Value.Length: > 0 } ? await DecodeAsync<T>(stored, there, slides, cancellationToken).ConfigureAwait(false) : default;
            var value = update(old);
            using var encoded = scope.Codec.Encode(ValueLocation.Document(stored.Value), value);
            var wanted = expiry ?? (there is null ? StateExpiry.Never : slides ? StateExpiry.Keep : there.Expiry.Renew());
            if (there is null && wanted.Kind is StateExpiryKind.Keep) wanted = StateExpiry.Never;
            var put = new PutDocument(stored.Value, encoded.Written, wanted, there is null ? StateCondition.IfAbsent : StateCondition.IfMatch(there.ETag));
            var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
            var (etag, conflict) = await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false);
            if (conflict is not null) continue;
            scope.Undecodable.Remove(stored.Value);
            return new(value, etag, put.Expiry.Kind is StateExpiryKind.Keep ? there?.Expiry.Instant : put.Expiry.Resolve(now).Instant);
        }
        while (await turn.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw turn.Contended("the key", stored.Subject);
    }

    public async Task<bool> ExistsAsync(string category, string key, CancellationToken cancellationToken) =>
        await scope.Storage.ReadAsync(new DocumentRead((await StoredName.Check(category, key).OpenAsync(scope, cancellationToken).ConfigureAwait(false)).Value, headOnly: true), cancellationToken).ConfigureAwait(false) is not null;

    public async Task<bool> DeleteAsync(string category, string key, StateCondition condition, CancellationToken cancellationToken)
    {
        var name = StoredName.Check(category, key);
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        List<StateOperation> operations = [new DeleteKey(stored.Value), new DeleteKey(stored.Fields), stored.Unlist(), _deadlines.Remove(stored.Partition, stored.Member)];
        if (condition.Kind is not StateConditionKind.None) operations.Add(new CheckKey(stored.Value, condition));
        var result = await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
        return result.Conflict is { } conflict ? throw Unmet(stored, condition, conflict.ActualETag) : result.Results[0].Count > 0;
    }

    public async Task<bool> ExpireAsync(string category, string key, StateExpiry expiry, CancellationToken cancellationToken)
    {
        var name = StoredName.Check(category, key);
        if (expiry.Kind is StateExpiryKind.Keep) throw new ArgumentException("To keep the expiry there is nothing to do.", nameof(expiry));
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        // Value and ETag stay, so nobody who is about to write on a condition is disturbed. Whoever gives the key its
        // first field at the same time checks the expiry, see StoredFields.
        List<StateOperation> operations = [new CheckKey(stored.Value, StateCondition.IfExists), new ExpireKey(stored.Value, expiry), Deadline(stored, expiry, now)];
        operations.Add(expiry.Kind is StateExpiryKind.Sliding ? new CheckKey(stored.Fields, StateCondition.IfAbsent) : new ExpireKey(stored.Fields, expiry));
        return (await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false)).Conflict switch
        {
            null => true,
            { Operation: 0 } => false,
            _ => throw StoredFields.DoNotSlide(stored),
        };
    }

    public Task<StatePage<string>> ListKeysAsync(string category, int pageSize, string? after, CancellationToken cancellationToken) =>
        new StoredKeyListing(scope, StateName.Check(category)).ReadAsync(pageSize, after, cancellationToken);

    public Task SetFieldAsync<T>(string category, string key, string field, T value, CancellationToken cancellationToken) =>
        Fields.SetAsync(StoredName.Check(category, key), StateName.Check(field), value, cancellationToken);

    public Task<T?> GetFieldAsync<T>(string category, string key, string field, CancellationToken cancellationToken) =>
        Fields.GetAsync<T>(StoredName.Check(category, key), StateName.Check(field), cancellationToken);

    public Task<IReadOnlyDictionary<string, T>> GetFieldsAsync<T>(string category, string key, IReadOnlyList<string>? fields, CancellationToken cancellationToken) =>
        Fields.GetAsync<T>(StoredName.Check(category, key), fields, cancellationToken);

    public Task<long> IncrementFieldAsync(string category, string key, string field, long by, CancellationToken cancellationToken) =>
        Fields.IncrementAsync(StoredName.Check(category, key), StateName.Check(field), by, cancellationToken);

    public Task<bool> RemoveFieldAsync(string category, string key, string field, CancellationToken cancellationToken) =>
        Fields.RemoveAsync(StoredName.Check(category, key), StateName.Check(field), cancellationToken);

    public Task<int> CleanupAsync(CancellationToken cancellationToken) => _deadlines.SweepAsync(Find, cancellationToken);

    private ExpiringItem? Find(int partition, string[] parts)
    {
        if (parts is not [var tenant, var category, var key]) return null;
        var stored = new StoredKey(scope with { Tenant = tenant }, category, key);
        return stored.Partition != partition ? null : new(stored.Member, [stored.Value], stored.Listing, stored.Name) { Remains = [stored.Fields] };
    }

    private async Task<StateEntry<T>?> ReadAsync<T>(StoredName name, StateExpiry? touch, CancellationToken cancellationToken)
    {
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        var slides = touch is not null && !scope.Undecodable.Contains(stored.Value);
        if (await scope.Storage.ReadAsync(new DocumentRead(stored.Value, slides ? touch : null), cancellationToken).ConfigureAwait(false) is not { Value.Length: > 0 } content) return null;
        var value = await DecodeAsync<T>(stored, content, slides, cancellationToken).ConfigureAwait(false);
        if (slides || touch is null) return new(value, content.ETag, content.Expiry.Instant);

        // It could not be decoded the last time, and now it can.
        if (await scope.Storage.ReadAsync(new DocumentRead(stored.Value, touch, headOnly: true), cancellationToken).ConfigureAwait(false) is not { } slid) return null;
        scope.Undecodable.Remove(stored.Value);
        return new(value, content.ETag, slid.Expiry.Instant);
    }

    private ValueTask<T> DecodeAsync<T>(StoredKey stored, DocumentContent content, bool slid, CancellationToken cancellationToken)
    {
        try
        {
            return new(scope.Codec.Decode(ValueLocation.Document(stored.Value), content.Value).ReadBody<T>());
        }
        catch (Exception exception) when (slid && exception is StateException or NotSupportedException)
        {
            return UnslideAsync<T>(stored, content, exception, cancellationToken);
        }
    }

    /// <summary>
    /// A read that fails does not keep a key alive, see <see cref="UndecodableValues"/>. When the key was last written,
    /// its deadline was noted: at least until then it lives.
    /// </summary>
    private async ValueTask<T> UnslideAsync<T>(StoredKey stored, DocumentContent content, Exception exception, CancellationToken cancellationToken)
    {
        if (content.Expiry.Kind is StateExpiryKind.Sliding)
        {
            var noted = await _deadlines.FindAsync(stored.Partition, stored.Member, cancellationToken).ConfigureAwait(false);
            await scope.Undecodable.UnslideAsync(scope, stored.Value, content.ETag, content.Expiry, noted, cancellationToken).ConfigureAwait(false);
        }
        ExceptionDispatchInfo.Throw(exception);
        return default!;
    }

    /// <summary>A key that is there keeps its expiry; one that is not never expires. Which of the two it is becomes the condition.</summary>
    private async ValueTask<StateETag> SetKeepingAsync(StoredKey stored, ReadOnlyMemory<byte> value, StateCondition condition, CancellationToken cancellationToken)
    {
        var update = scope.Updates.Begin();
        do
        {
            StateETag actual = default;
            if (condition.Kind is not StateConditionKind.IfAbsent)
            {
                var put = new PutDocument(stored.Value, value, StateExpiry.Keep, condition.Kind is StateConditionKind.None ? StateCondition.IfExists : condition);
                var (etag, conflict) = await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false);
                if (conflict is null) return etag;
                actual = conflict.ActualETag;
            }
            if (condition.Kind is StateConditionKind.None or StateConditionKind.IfAbsent)
            {
                var put = new PutDocument(stored.Value, value, StateExpiry.Never, StateCondition.IfAbsent);
                var (etag, conflict) = await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false);
                if (conflict is null) return etag;
                actual = conflict.ActualETag;
            }
            if (condition.Kind is not StateConditionKind.None) throw Unmet(stored, condition, actual);
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the key", stored.Subject);
    }

    /// <summary>
    /// Writes the document, and with it whatever must go with it. Returns its new tag, or the conflict if its condition
    /// is not met.
    /// </summary>
    private async ValueTask<(StateETag ETag, CommitConflict? Conflict)> CommitAsync(StoredKey stored, PutDocument put, CancellationToken cancellationToken)
    {
        List<StateOperation> operations = [put, stored.List()];
        if (put.Expiry.Kind is StateExpiryKind.Sliding) operations.Add(new CheckKey(stored.Fields, StateCondition.IfAbsent));
        else if (put.Expiry.Kind is not StateExpiryKind.Keep) operations.Add(new ExpireKey(stored.Fields, put.Expiry));
        if (put.Expiry.Kind is not StateExpiryKind.Keep) operations.Add(Deadline(stored, put.Expiry, await scope.NowAsync(cancellationToken).ConfigureAwait(false)));
        var commit = new StateCommit(operations);
        var conflict = (await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false)).Conflict;
        return conflict is { Operation: > 0 } ? throw StoredFields.DoNotSlide(stored) : (commit.ETag, conflict);
    }

    private StateOperation Deadline(StoredKey stored, StateExpiry expiry, DateTimeOffset now) =>
        (StateOperation?)_deadlines.Set(stored.Partition, stored.Member, expiry, now) ?? _deadlines.Remove(stored.Partition, stored.Member);

    private static StateConflictException Unmet(StoredKey stored, StateCondition condition, StateETag actual)
    {
        var wanted = condition.Kind switch
        {
            StateConditionKind.IfAbsent => "absent",
            StateConditionKind.IfExists => "there",
            _ => $"at {condition.ETag}",
        };
        return new($"The key was to be {wanted}, but is {(actual.IsEmpty ? "absent" : $"at {actual}")}. Read it and decide.", stored.Subject,
            condition.Kind is StateConditionKind.IfMatch ? condition.ETag.ToString() : null, actual.IsEmpty ? null : actual.ToString());
    }
}
