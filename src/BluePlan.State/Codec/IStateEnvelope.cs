namespace BluePlan.State;

/// <summary>
/// The outermost form of a stored value. It knows where the value is stored, so it can compress it, encrypt it and bind
/// it to its place.
/// </summary>
/// <remarks>Implementations are thread-safe.</remarks>
internal interface IStateEnvelope
{
    /// <summary>The most bytes that an envelope takes beside its payload.</summary>
    int MaxOverhead { get; }

    /// <summary>Begins an envelope: returns a buffer that the payload is written to.</summary>
    PooledBuffer Begin(byte format);

    /// <summary>Completes an envelope.</summary>
    /// <param name="location">Where the value will be stored.</param>
    /// <param name="begun">What <see cref="Begin"/> returned, with the payload. It belongs to this call.</param>
    /// <returns>What is stored; perhaps the same buffer.</returns>
    PooledBuffer Complete(ValueLocation location, PooledBuffer begun);

    /// <summary>Opens a stored value.</summary>
    /// <param name="location">Where the value is stored.</param>
    /// <param name="stored">What is stored.</param>
    /// <returns>The payload and its format.</returns>
    /// <exception cref="StateCorruptionException">The bytes are not an envelope.</exception>
    /// <exception cref="StateVersionException">The envelope needs a newer version, or a feature that is not registered.</exception>
    SerializedValue Open(ValueLocation location, ReadOnlyMemory<byte> stored);
}
