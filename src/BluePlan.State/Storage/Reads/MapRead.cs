namespace BluePlan.State.Storage;

/// <summary>Reads a map.</summary>
public sealed record MapRead : StateRead<MapContent>
{
    /// <inheritdoc cref="MapRead"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="fields">Which fields; null = all. Names that are not there are left out of the answer.</param>
    /// <exception cref="ArgumentException">The key has another shape.</exception>
    public MapRead(StateKey key, IReadOnlyList<string>? fields = null) : base(key, StateShape.Map) => Fields = fields;

    /// <summary>Which fields; null = all.</summary>
    public IReadOnlyList<string>? Fields { get; }
}
