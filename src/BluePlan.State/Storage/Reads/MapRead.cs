namespace BluePlan.State.Storage;

/// <summary>Reads a map.</summary>
public sealed record MapRead : StateRead<MapContent>
{
    /// <inheritdoc cref="MapRead"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="fields">Which fields, none twice; null = all. Names that are not there are left out of the answer; with an empty list it tells whether the map is there, and its expiry.</param>
    /// <exception cref="ArgumentException">The key has another shape, or a name breaks its rule.</exception>
    public MapRead(StateKey key, IReadOnlyList<string>? fields = null) : base(key, StateShape.Map) =>
        Fields = fields is null ? null : CheckNames(fields, nameof(fields));

    /// <summary>Which fields; null = all.</summary>
    public IReadOnlyList<string>? Fields { get; }
}
