namespace BluePlan.State.Storage;

/// <summary>Replaces the value of a log's entry in place; sequence and id stay.</summary>
/// <remarks>It carries a condition: the entry is there and, when <see cref="Expected"/> is given, holds these very bytes.</remarks>
public sealed record ReplaceEntry : StateOperation
{
    /// <inheritdoc cref="ReplaceEntry"/>
    /// <param name="key">A key of shape <see cref="StateShape.Log"/>.</param>
    /// <param name="sequence">Which entry.</param>
    /// <param name="value">The new bytes. The provider copies them.</param>
    /// <param name="expected">The bytes it must hold now; null = any.</param>
    /// <exception cref="ArgumentException">The key has another shape, the sequence is not positive, or the value is too big.</exception>
    public ReplaceEntry(StateKey key, long sequence, ReadOnlyMemory<byte> value, ReadOnlyMemory<byte>? expected = null) : base(key, StateShape.Log)
    {
        Sequence = sequence > 0 ? CheckNumber(sequence, nameof(sequence)) : throw new ArgumentOutOfRangeException(nameof(sequence), sequence, "Sequences begin at 1.");
        (Value, Expected) = (CheckValue(value, nameof(value)), expected);
    }

    /// <summary>Which entry.</summary>
    public long Sequence { get; }

    /// <summary>The new bytes.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>The bytes it must hold now; null = any.</summary>
    public ReadOnlyMemory<byte>? Expected { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Value.Length + (Expected?.Length ?? 0);
}
