namespace BluePlan.State.Storage;

/// <summary>Writes fields of a map, bytes or counters, whatever they held before; other fields stay.</summary>
public sealed record SetFields : StateOperation
{
    /// <inheritdoc cref="SetFields"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="fields">At least one; no name twice. The provider copies the values.</param>
    /// <param name="ifAbsent">A condition: none of these fields may be there.</param>
    /// <exception cref="ArgumentException">The key has another shape, or a field breaks its rule.</exception>
    public SetFields(StateKey key, IReadOnlyList<MapField> fields, bool ifAbsent = false) : base(key, StateShape.Map)
    {
        Fields = CheckNames(fields, static f => f.Name, nameof(fields));
        foreach (var field in fields) CheckValue(field.Value.Bytes, nameof(fields));
        IfAbsent = ifAbsent;
    }

    /// <summary>The fields.</summary>
    public IReadOnlyList<MapField> Fields { get; }

    /// <summary>Whether none of the fields may be there.</summary>
    public bool IfAbsent { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Fields, static f => (long)f.Name.Length + f.Value.Bytes.Length + 8L * f.Value.Counters.Length);
}
