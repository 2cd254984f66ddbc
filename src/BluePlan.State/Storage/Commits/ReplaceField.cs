using System.Text;

namespace BluePlan.State.Storage;

/// <summary>Writes a field of a map on the condition that it holds what is expected, or is absent.</summary>
public sealed record ReplaceField : StateOperation
{
    /// <inheritdoc cref="ReplaceField"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="name">The field: well-formed text of 1 to 4,096 bytes in UTF-8.</param>
    /// <param name="expected">What the field must hold; null = it must be absent.</param>
    /// <param name="value">What it holds afterwards. The provider copies it.</param>
    /// <exception cref="ArgumentException">The key has another shape, the name breaks its rule, or a value is too big.</exception>
    public ReplaceField(StateKey key, string name, MapValue? expected, MapValue value) : base(key, StateShape.Map)
    {
        Name = StateText.CheckName(name);
        CheckValue(value.Bytes, nameof(value));
        if (expected is { } held) CheckValue(held.Bytes, nameof(expected));
        (Expected, Value) = (expected, value);
    }

    /// <summary>The field.</summary>
    public string Name { get; }

    /// <summary>What the field must hold; null = it must be absent.</summary>
    public MapValue? Expected { get; }

    /// <summary>What it holds afterwards.</summary>
    public MapValue Value { get; }

    /// <inheritdoc/>
    public override StateCapabilities Requires => StateCapabilities.FieldConditions;

    /// <inheritdoc/>
    public override long PayloadBytes => Name.Length + Bytes(Value) + (Expected is { } expected ? Bytes(expected) : 0);

    private static long Bytes(MapValue value) => value.Bytes.Length + 8L * value.Counters.Length;

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder) => base.PrintMembers(builder);
}
