using System.Text.Json;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The fields of a key. A map that is there stands with its document and shares its expiry, so a write to it needs no look at the document; only the first field does.</summary>
internal sealed class StoredFields(StateScope scope, ExpiryIndex deadlines)
{
    public static InvalidOperationException DoNotSlide(StoredKey stored) =>
        new("The key would slide and have fields, and fields do not slide. Give it an expiry that does not slide, or keep the fields under another key.");

    public async Task SetAsync<T>(StoredName name, string field, T value, CancellationToken cancellationToken)
    {
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        using var encoded = scope.Codec.Encode(ValueLocation.Field(stored.Fields, field), value);
        await WriteAsync(stored, new SetFields(stored.Fields, [new(field, new MapValue(encoded.Written))]), cancellationToken).ConfigureAwait(false);
    }

    public async Task<long> IncrementAsync(StoredName name, string field, long by, CancellationToken cancellationToken)
    {
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        var result = await WriteAsync(stored, new IncrementFields(stored.Fields, [new(field, new[] { by })], returnValues: true), cancellationToken).ConfigureAwait(false);
        return result.Vectors![0].Span[0];
    }

    public async Task<T?> GetAsync<T>(StoredName name, string field, CancellationToken cancellationToken)
    {
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        var map = await scope.Storage.ReadAsync(new MapRead(stored.Fields, [field]), cancellationToken).ConfigureAwait(false);
        return map is not null && map.Fields.TryGetValue(field, out var value) ? Read<T>(stored, field, value) : default;
    }

    public async Task<IReadOnlyDictionary<string, T>> GetAsync<T>(StoredName name, IReadOnlyList<string>? fields, CancellationToken cancellationToken)
    {
        foreach (var field in fields ?? []) StateName.Check(field, nameof(fields));
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        var map = await scope.Storage.ReadAsync(new MapRead(stored.Fields, fields), cancellationToken).ConfigureAwait(false);
        return map is null ? new Dictionary<string, T>() : map.Fields.ToDictionary(f => f.Key, f => Read<T>(stored, f.Key, f.Value), StringComparer.Ordinal);
    }

    public async Task<bool> RemoveAsync(StoredName name, string field, CancellationToken cancellationToken)
    {
        var stored = await name.OpenAsync(scope, cancellationToken).ConfigureAwait(false);
        var result = await scope.Storage.CommitAsync(new(new RemoveFields(stored.Fields, [field])), cancellationToken).ConfigureAwait(false);
        var removed = result.Results[0].Count > 0;
        try
        {
            // Also when the field was not there: so repeating a call that failed after the first step makes up for it. What has begun is not cancelled.
            await DropWhenEmptyAsync(stored, removed ? CancellationToken.None : cancellationToken).ConfigureAwait(false);
        }
        catch (StateUnavailableException exception) when (removed)
        {
            throw new StateUnavailableException($"The field was removed; whether its key goes with it could not be seen to. Repeat the call. {exception.Message}", mayHaveBeenWritten: true, exception, stored.Subject);
        }
        return removed;
    }

    private async ValueTask DropWhenEmptyAsync(StoredKey stored, CancellationToken cancellationToken)
    {
        var left = await scope.Storage.ReadAsync([new MapRead(stored.Fields, []), new DocumentRead(stored.Value)], cancellationToken).ConfigureAwait(false);
        if (left is [null, DocumentContent { Value.Length: 0 } document])
        {
            // Neither a value nor a field is left, so the key goes, unless somebody has just given it one again.
            await scope.Storage.CommitAsync(new(
                new CheckKey(stored.Value, StateCondition.IfMatch(document.ETag)),
                new CheckKey(stored.Fields, StateCondition.IfAbsent),
                new DeleteKey(stored.Value),
                stored.Unlist(),
                deadlines.Remove(stored.Partition, stored.Member)), cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<OperationResult> WriteAsync(StoredKey stored, StateOperation write, CancellationToken cancellationToken)
    {
        OptimisticUpdate? update = null;
        do
        {
            var result = await scope.Storage.CommitAsync(new(write, new CheckKey(stored.Fields, StateCondition.IfExists)), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted) return result.Results[0];
            result = await scope.Storage.CommitAsync(await FirstAsync(stored, write, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted) return result.Results[0];
            update ??= scope.Updates.Begin();
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the key", stored.Subject);
    }

    /// <summary>The first field takes the document's expiry, which the conditions hold still, or makes a document that holds nothing.</summary>
    private async ValueTask<StateCommit> FirstAsync(StoredKey stored, StateOperation write, CancellationToken cancellationToken)
    {
        List<StateOperation> operations = [write, new CheckKey(stored.Fields, StateCondition.IfAbsent)];
        var document = await scope.Storage.ReadAsync(new DocumentRead(stored.Value, headOnly: true), cancellationToken).ConfigureAwait(false);
        if (document is null)
        {
            operations.AddRange([new PutDocument(stored.Value, default, StateExpiry.Never, StateCondition.IfAbsent), stored.List(), deadlines.Remove(stored.Partition, stored.Member)]);
        }
        else
        {
            if (document.Expiry.Kind is StateExpiryKind.Sliding) throw DoNotSlide(stored);
            operations.Add(new CheckKey(stored.Value, StateCondition.IfMatch(document.ETag)));
            operations.Add(new CheckExpiry(stored.Value, document.Expiry.Instant)); // A new expiry leaves the ETag as it is.
            if (document.Expiry.Instant is { } instant) operations.Add(new ExpireKey(stored.Fields, StateExpiry.At(instant)));
        }
        return new(operations);
    }

    private T Read<T>(StoredKey stored, string field, MapValue value)
    {
        if (!value.IsCounters) return scope.Codec.Decode(ValueLocation.Field(stored.Fields, field), value.Bytes).ReadBody<T>();
        var count = value.Counters.Span[0];
        if (typeof(T) == typeof(long)) return (T)(object)count;
        if (typeof(T) == typeof(JsonElement)) return (T)(object)JsonSerializer.SerializeToElement(count, StateJson.Default.Int64);
        throw new InvalidOperationException($"The field is a counter; it reads as long or JsonElement, not as {typeof(T).Name}.");
    }
}
