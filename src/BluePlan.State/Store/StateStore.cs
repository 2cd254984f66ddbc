using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="IStateStore"/>
internal sealed class StateStore(StateScope scope) : IStateStore
{
    // Each lost race means that somebody else's write succeeded, so this many are lost only under a storm of writes to one key.
    internal const int MaximumAttempts = 256;

    private readonly ExpiryIndex _deadlines = new(scope, StateTypes.DataExpiry);

    private StoredFields Fields => field ??= new(scope, _deadlines);

    public async Task<StateETag> SetAsync<T>(string category, string key, T value, StateExpiry expiry, StateCondition condition, CancellationToken cancellationToken)
    {
        var stored = StoredKey.Check(scope, category, key);
        using var encoded = scope.Codec.Encode(value);
        if (expiry.Kind is StateExpiryKind.Keep) return await SetKeepingAsync(stored, encoded.Written, condition, cancellationToken).ConfigureAwait(false);
        var put = new PutDocument(stored.Value, encoded.Written, expiry, condition);
        return await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false) is { } conflict ? throw Unmet(stored, condition, conflict.ActualETag) : put.ETag;
    }

    public Task<StateEntry<T>?> GetAsync<T>(string category, string key, CancellationToken cancellationToken) =>
        ReadAsync<T>(StoredKey.Check(scope, category, key).Value, StateExpiry.Keep, cancellationToken);

    public Task<StateEntry<T>?> PeekAsync<T>(string category, string key, CancellationToken cancellationToken) =>
        ReadAsync<T>(StoredKey.Check(scope, category, key).Value, null, cancellationToken);

    public async Task<StateEntry<T>> UpdateAsync<T>(string category, string key, Func<T?, T> update, StateExpiry? expiry, CancellationToken cancellationToken)
    {
        var stored = StoredKey.Check(scope, category, key);
        ArgumentNullException.ThrowIfNull(update);
        var wanted = expiry ?? StateExpiry.Keep;
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            // The read slides what slides, so the write may keep the expiry as it then is.
            var there = await scope.Storage.ReadAsync(new DocumentRead(stored.Value, StateExpiry.Keep), cancellationToken).ConfigureAwait(false);
            var value = update(there is { Value.Length: > 0 } ? scope.Codec.Decode(stored.Value, there.Value).ReadBody<T>() : default);
            using var encoded = scope.Codec.Encode(value);
            var put = new PutDocument(stored.Value, encoded.Written, there is null && wanted.Kind is StateExpiryKind.Keep ? StateExpiry.Never : wanted, there is null ? StateCondition.IfAbsent : StateCondition.IfMatch(there.ETag));
            if (await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false) is null)
                return new(value, put.ETag, put.Expiry.Kind is StateExpiryKind.Keep ? there?.Expiry.Instant : put.Expiry.Resolve(scope.Now).Instant);
        }
        throw stored.Contended(MaximumAttempts);
    }

    public async Task<bool> ExistsAsync(string category, string key, CancellationToken cancellationToken) =>
        await scope.Storage.ReadAsync(new DocumentRead(StoredKey.Check(scope, category, key).Value, headOnly: true), cancellationToken).ConfigureAwait(false) is not null;

    public async Task<bool> DeleteAsync(string category, string key, StateCondition condition, CancellationToken cancellationToken)
    {
        var stored = StoredKey.Check(scope, category, key);
        List<StateOperation> operations = [new DeleteKey(stored.Value), new DeleteKey(stored.Fields), stored.Unlist(), _deadlines.Remove(stored.Partition, stored.Member)];
        if (condition.Kind is not StateConditionKind.None) operations.Add(new CheckKey(stored.Value, condition));
        var result = await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
        return result.Conflict is { } conflict ? throw Unmet(stored, condition, conflict.ActualETag) : result.Results[0].Count > 0;
    }

    public async Task<bool> ExpireAsync(string category, string key, StateExpiry expiry, CancellationToken cancellationToken)
    {
        var stored = StoredKey.Check(scope, category, key);
        if (expiry.Kind is StateExpiryKind.Keep) throw new ArgumentException("To keep the expiry there is nothing to do.", nameof(expiry));
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            // The document is written anew, not only its expiry, so that its ETag tells whoever is about to give the key its first field what expiry to take.
            var there = await scope.Storage.ReadAsync(new DocumentRead(stored.Value), cancellationToken).ConfigureAwait(false);
            if (there is null) return false;
            if (await CommitAsync(stored, new(stored.Value, there.Value, expiry, StateCondition.IfMatch(there.ETag)), cancellationToken).ConfigureAwait(false) is null) return true;
        }
        throw stored.Contended(MaximumAttempts);
    }

    public Task<StatePage<string>> ListKeysAsync(string category, int pageSize, string? after, CancellationToken cancellationToken) =>
        new StoredKeyListing(scope, StateName.Check(category)).ReadAsync(pageSize, after, cancellationToken);

    public Task SetFieldAsync<T>(string category, string key, string field, T value, CancellationToken cancellationToken) =>
        Fields.SetAsync(StoredKey.Check(scope, category, key), StateName.Check(field), value, cancellationToken);

    public Task<T?> GetFieldAsync<T>(string category, string key, string field, CancellationToken cancellationToken) =>
        Fields.GetAsync<T>(StoredKey.Check(scope, category, key), StateName.Check(field), cancellationToken);

    public Task<IReadOnlyDictionary<string, T>> GetFieldsAsync<T>(string category, string key, IReadOnlyList<string>? fields, CancellationToken cancellationToken) =>
        Fields.GetAsync<T>(StoredKey.Check(scope, category, key), fields, cancellationToken);

    public Task<long> IncrementFieldAsync(string category, string key, string field, long by, CancellationToken cancellationToken) =>
        Fields.IncrementAsync(StoredKey.Check(scope, category, key), StateName.Check(field), by, cancellationToken);

    public Task<bool> RemoveFieldAsync(string category, string key, string field, CancellationToken cancellationToken) =>
        Fields.RemoveAsync(StoredKey.Check(scope, category, key), StateName.Check(field), cancellationToken);

    public Task<int> CleanupAsync(CancellationToken cancellationToken) => _deadlines.SweepAsync(Find, cancellationToken);

    private ExpiringItem Find(int partition, string[] parts)
    {
        if (parts is not [var tenant, var category, var key]) throw new StateCorruptionException($"A member of {StateTypes.DataExpiry.Name} does not name a key.", StateTypes.DataExpiry.Name);
        var stored = new StoredKey(scope with { Tenant = tenant }, category, key);
        return new(stored.Member, [stored.Value], stored.Listing, stored.Name) { Remains = [stored.Fields] };
    }

    private async Task<StateEntry<T>?> ReadAsync<T>(StateKey key, StateExpiry? touch, CancellationToken cancellationToken)
    {
        var content = await scope.Storage.ReadAsync(new DocumentRead(key, touch), cancellationToken).ConfigureAwait(false);
        return content is { Value.Length: > 0 } ? new(scope.Codec.Decode(key, content.Value).ReadBody<T>(), content.ETag, content.Expiry.Instant) : null;
    }

    /// <summary>A key that is there keeps its expiry; one that is not never expires. Which of the two it is becomes the condition.</summary>
    private async ValueTask<StateETag> SetKeepingAsync(StoredKey stored, ReadOnlyMemory<byte> value, StateCondition condition, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            StateETag actual = default;
            if (condition.Kind is not StateConditionKind.IfAbsent)
            {
                var put = new PutDocument(stored.Value, value, StateExpiry.Keep, condition.Kind is StateConditionKind.None ? StateCondition.IfExists : condition);
                if (await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false) is not { } conflict) return put.ETag;
                actual = conflict.ActualETag;
            }
            if (condition.Kind is StateConditionKind.None or StateConditionKind.IfAbsent)
            {
                var put = new PutDocument(stored.Value, value, StateExpiry.Never, StateCondition.IfAbsent);
                if (await CommitAsync(stored, put, cancellationToken).ConfigureAwait(false) is not { } conflict) return put.ETag;
                actual = conflict.ActualETag;
            }
            if (condition.Kind is not StateConditionKind.None) throw Unmet(stored, condition, actual);
        }
        throw stored.Contended(MaximumAttempts);
    }

    /// <summary>Writes the document, and with it whatever must go with it; the conflict when its condition is not met.</summary>
    private async ValueTask<CommitConflict?> CommitAsync(StoredKey stored, PutDocument put, CancellationToken cancellationToken)
    {
        List<StateOperation> operations = [put, stored.List()];
        if (put.Expiry.Kind is StateExpiryKind.Sliding) operations.Add(new CheckKey(stored.Fields, StateCondition.IfAbsent));
        else if (put.Expiry.Kind is not StateExpiryKind.Keep) operations.Add(new ExpireKey(stored.Fields, put.Expiry));
        if (put.Expiry.Kind is not StateExpiryKind.Keep) operations.Add((StateOperation?)_deadlines.Set(stored.Partition, stored.Member, put.Expiry) ?? _deadlines.Remove(stored.Partition, stored.Member));
        var conflict = (await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false)).Conflict;
        return conflict is { Operation: > 0 } ? throw StoredFields.DoNotSlide(stored) : conflict;
    }

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
