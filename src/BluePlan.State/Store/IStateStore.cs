namespace BluePlan.State;

/// <summary>
/// The host's own data, typed: under a category and a key stands a value, named fields, or both. Values have an expiry and an <see cref="StateETag"/>; fields hold values or
/// counters that any number of processes add to. Thread-safe.
/// </summary>
/// <remarks>
/// <para><b>Keys.</b> A category, a key and a field's name take 1 to 384 bytes in UTF-8 each, any characters, and are compared ordinally; no two pairs of category and key ever meet.
/// Everything of one key changes atomically. Keys spread over the store by a hash of category and key, so a category may hold millions.</para>
/// <para><b>Expiry.</b> A key has one expiry: value and fields die at the same instant, and from then on the key is absent for every operation. Fields do not slide, so a
/// key is either <see cref="StateExpiry.Sliding"/> or has fields: <see cref="InvalidOperationException"/> else. A key made by its first field never expires, until
/// <see cref="ExpireAsync"/> says so.</para>
/// <para><b>Versions.</b> Every <see cref="SetAsync"/> and <see cref="UpdateAsync"/> gives the key a new ETag; reads,
/// <see cref="ExpireAsync"/> and field operations do not. Conditions are
/// about the key: one that has only fields is there.</para>
/// <para><b>Locks.</b> What must be written by the holder of a lock only is written through <see cref="IBluePlanState.FencedBy"/>: then <see cref="StateLockLostException"/> refuses a holder who was replaced.</para>
/// <para><b>Limits.</b> A value, and a field's value, takes up to 64 MiB as it is stored and nests up to 64 levels in JSON, else <see cref="ArgumentException"/>. Counters stay within ±(2^53 − 1).</para>
/// <para>Every member throws <see cref="ArgumentException"/> for a category, key or field that is null, empty, too long or not well-formed, <see cref="StateUnavailableException"/> when the
/// store cannot be reached, and <see cref="OperationCanceledException"/>. A write that was cancelled, or was unavailable with <see cref="StateUnavailableException.MayHaveBeenWritten"/>, has happened whole or not at all. Reads
/// throw <see cref="StateSchemaException"/> when a value is whole but does not fit the type asked for, and <see
/// cref="StateCorruptionException"/> when it cannot be read at all; a read that fails does not keep a sliding key
/// alive; typed calls throw <see cref="NotSupportedException"/> when no JSON context knows the type and reflection is
/// off.</para>
/// </remarks>
public interface IStateStore
{
    /// <summary>Writes a value, whatever was there; fields stay. One round trip, but for a new key with <see cref="StateExpiry.Keep"/>: two.</summary>
    /// <param name="category">The category.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null is stored as one.</param>
    /// <param name="expiry">When the key expires, value and fields; by default never, whatever it was before. <see cref="StateExpiry.Keep"/> leaves it as it is.</param>
    /// <param name="condition">What must hold; by default nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The new ETag.</returns>
    /// <exception cref="StateConflictException">The condition is not met: <see cref="StateConflictException.Actual"/> is the key's ETag, null = it is absent.</exception>
    /// <exception cref="InvalidOperationException">The expiry slides and the key has fields.</exception>
    Task<StateETag> SetAsync<T>(string category, string key, T value, StateExpiry expiry = default, StateCondition condition = default, CancellationToken cancellationToken = default);

    /// <summary>Reads a value, and in the same step slides a key that was set sliding. One round trip.</summary>
    /// <returns>Null when there is no value: the key is absent, expired, or has only fields.</returns>
    Task<StateEntry<T>?> GetAsync<T>(string category, string key, CancellationToken cancellationToken = default);

    /// <summary>Reads a value and changes nothing, not even when it slides.</summary>
    /// <inheritdoc cref="GetAsync"/>
    Task<StateEntry<T>?> PeekAsync<T>(string category, string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes a value by a function of what is there, so that concurrent updates all survive. Those of one process
    /// take turns; when another process was first, it reads again and calls the function again.
    /// </summary>
    /// <param name="category">The category.</param>
    /// <param name="key">The key.</param>
    /// <param name="update">Makes the new value of the old one; <c>default</c> comes in when there is none. It may run several times, so it should do nothing else. What it throws ends the call, with nothing written.</param>
    /// <param name="expiry">When the key expires; null = as before, never when it is new. A sliding key slides.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">The expiry slides and the key has fields.</exception>
    Task<StateEntry<T>> UpdateAsync<T>(string category, string key, Func<T?, T> update, StateExpiry? expiry = null, CancellationToken cancellationToken = default);

    /// <summary>Whether a key is there, with a value or fields; does not slide. One round trip.</summary>
    Task<bool> ExistsAsync(string category, string key, CancellationToken cancellationToken = default);

    /// <summary>Deletes a key, value and fields. One round trip.</summary>
    /// <param name="category">The category.</param>
    /// <param name="key">The key.</param>
    /// <param name="condition">What must hold; by default nothing. A key that must be there and is absent is a conflict.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False when it was not there.</returns>
    /// <exception cref="StateConflictException">The condition is not met.</exception>
    Task<bool> DeleteAsync(string category, string key, StateCondition condition = default, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sets when a key expires, value and fields, without reading or changing either: the ETag stays. One round trip,
    /// however large the value.
    /// </summary>
    /// <param name="category">The category.</param>
    /// <param name="key">The key.</param>
    /// <param name="expiry">The new expiry, not <see cref="StateExpiry.Keep"/>; an instant in the past ends the key now.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False when the key is not there.</returns>
    /// <exception cref="InvalidOperationException">The expiry slides and the key has fields.</exception>
    /// <exception cref="ArgumentException">The expiry is <see cref="StateExpiry.Keep"/>.</exception>
    Task<bool> ExpireAsync(string category, string key, StateExpiry expiry, CancellationToken cancellationToken = default);

    /// <summary>The keys of a category that are there, with values or fields, in the order of their UTF-8 bytes. Two round trips a page, however many keys there are.</summary>
    /// <remarks>Pages neither repeat nor skip a key that is there all along; one that is made or deleted between two pages may be shown or not.</remarks>
    /// <param name="category">The category.</param>
    /// <param name="pageSize">The most keys wanted, 1 to 1,000. Expired ones that are not swept yet take part, so a page may be short, or empty, and still have a next one.</param>
    /// <param name="after"><see cref="StatePage{T}.Next"/> of the page before; null = the first page.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The page size is out of range, or <paramref name="after"/> is not what a page gave.</exception>
    Task<StatePage<string>> ListKeysAsync(string category, int pageSize = 100, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>Writes a field, whatever it held, also over a counter. The key is made when it is absent.</summary>
    /// <exception cref="InvalidOperationException">The key slides.</exception>
    Task SetFieldAsync<T>(string category, string key, string field, T value, CancellationToken cancellationToken = default);

    /// <summary>Reads a field. A counter reads as <see cref="long"/>, or as <see cref="System.Text.Json.JsonElement"/>.</summary>
    /// <returns><c>default</c> when the field is absent; to tell a zero from an absent field use <see cref="GetFieldsAsync"/>.</returns>
    /// <exception cref="InvalidOperationException">The field is a counter and another type was asked for.</exception>
    Task<T?> GetFieldAsync<T>(string category, string key, string field, CancellationToken cancellationToken = default);

    /// <summary>Reads fields as of one moment, those that are there; empty when there are none. Counters read as <see cref="long"/>, or as <see cref="System.Text.Json.JsonElement"/>, which suits every field while values are JSON.</summary>
    /// <param name="category">The category.</param>
    /// <param name="key">The key.</param>
    /// <param name="fields">Which fields, none twice; null = all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidOperationException">One of them is a counter and another type was asked for.</exception>
    Task<IReadOnlyDictionary<string, T>> GetFieldsAsync<T>(string category, string key, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default);

    /// <summary>Adds to a counter, atomically; an absent one counts as zero, and an absent key is made. One round trip once the key has fields.</summary>
    /// <remarks>It is not idempotent: after a failure that <see cref="StateUnavailableException.MayHaveBeenWritten"/> read before repeating.</remarks>
    /// <param name="category">The category.</param>
    /// <param name="key">The key.</param>
    /// <param name="field">The counter.</param>
    /// <param name="by">What to add, perhaps negative, within ±(2^53 − 1).</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The new count.</returns>
    /// <exception cref="InvalidOperationException">The field holds a value: a field is one or the other. Or the key slides.</exception>
    /// <exception cref="OverflowException">The count would pass ±(2^53 − 1). Nothing was written.</exception>
    Task<long> IncrementFieldAsync(string category, string key, string field, long by = 1, CancellationToken cancellationToken = default);

    /// <summary>Removes a field; a key that has neither a value nor another field goes with it. False when the field was not there.</summary>
    Task<bool> RemoveFieldAsync(string category, string key, string field, CancellationToken cancellationToken = default);

    /// <summary>Sweeps what is left of expired keys, of all tenants when this is the default tenant, else of this one. Harmless at any time; expired keys are absent before it, too.</summary>
    /// <returns>How many keys were swept.</returns>
    Task<int> CleanupAsync(CancellationToken cancellationToken = default);
}
