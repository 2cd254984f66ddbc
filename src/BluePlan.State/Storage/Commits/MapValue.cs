namespace BluePlan.State.Storage;

/// <summary>What a field of a map holds: bytes, or a vector of 1 to 64 counters. <c>default</c> is no bytes.</summary>
/// <remarks>Equality compares contents.</remarks>
public readonly struct MapValue : IEquatable<MapValue>
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly ReadOnlyMemory<long> _counters;

    /// <summary>A field of bytes. The memory is kept, not copied.</summary>
    public MapValue(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>A field of counters. The memory is kept, not copied.</summary>
    /// <exception cref="ArgumentException">There is no counter, more than 64, or one beyond ±(2^53 − 1).</exception>
    public MapValue(ReadOnlyMemory<long> counters)
    {
        CheckVector(counters, nameof(counters));
        _counters = counters;
    }

    /// <summary>Whether it holds counters.</summary>
    public bool IsCounters => !_counters.IsEmpty;

    /// <summary>The bytes; empty when it holds counters.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The counters; empty when it holds bytes.</summary>
    public ReadOnlyMemory<long> Counters => _counters;

    /// <inheritdoc/>
    public bool Equals(MapValue other) => _bytes.Span.SequenceEqual(other._bytes.Span) && _counters.Span.SequenceEqual(other._counters.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MapValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes.Span);
        foreach (var counter in _counters.Span) hash.Add(counter);
        return hash.ToHashCode();
    }

    /// <summary>Compares contents.</summary>
    public static bool operator ==(MapValue left, MapValue right) => left.Equals(right);

    /// <summary>Compares contents.</summary>
    public static bool operator !=(MapValue left, MapValue right) => !left.Equals(right);

    internal static void CheckVector(ReadOnlyMemory<long> vector, string parameter)
    {
        if (vector.Length is 0 or > StateLimits.MaximumVectorLength) throw new ArgumentException($"A vector has 1 to {StateLimits.MaximumVectorLength} counters, not {vector.Length}.", parameter);
        if (vector.Span.ContainsAnyExceptInRange(-StateLimits.MaximumNumber, StateLimits.MaximumNumber)) throw new ArgumentOutOfRangeException(parameter, $"Counters stay within ±{StateLimits.MaximumNumber} (2^53 − 1).");
    }
}
