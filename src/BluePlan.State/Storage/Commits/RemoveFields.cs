namespace BluePlan.State.Storage;

/// <summary>Removes fields of a map; the last one takes the map with it.</summary>
/// <remarks>Answers <see cref="OperationResult.Count"/>: how many of them were there.</remarks>
public sealed record RemoveFields : StateOperation
{
    /// <inheritdoc cref="RemoveFields"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="fields">At least one; no name twice.</param>
    /// <exception cref="ArgumentException">The key has another shape, or a name breaks its rule.</exception>
    public RemoveFields(StateKey key, IReadOnlyList<string> fields) : base(key, StateShape.Map) => Fields = CheckNames(fields, static f => f, nameof(fields));

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Fields, static f => (long)f.Length);
}
