namespace BluePlan.State.Storage;

/// <summary>Adds to the counters of a map.</summary>
/// <remarks>
/// Before anything of the commit is written the provider checks that each field is absent or holds counters, else it throws
/// <see cref="InvalidOperationException"/>, and that each sum stays within ±(2^53 − 1), else <see cref="OverflowException"/>.
/// </remarks>
public sealed record IncrementFields : StateOperation
{
    /// <inheritdoc cref="IncrementFields"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="increments">At least one; no name twice.</param>
    /// <param name="returnValues">Whether <see cref="OperationResult.Vectors"/> answers the new vectors, in order. Ask only when needed.</param>
    /// <exception cref="ArgumentException">The key has another shape, or an increment breaks its rule.</exception>
    public IncrementFields(StateKey key, IReadOnlyList<MapIncrement> increments, bool returnValues = false) : base(key, StateShape.Map)
    {
        Increments = CheckNames(increments, static i => i.Name, nameof(increments));
        for (var i = 0; i < increments.Count; i++) MapValue.CheckVector(increments[i].By, nameof(increments));
        ReturnValues = returnValues;
    }

    /// <summary>What to add.</summary>
    public IReadOnlyList<MapIncrement> Increments { get; }

    /// <summary>Whether the new vectors are answered.</summary>
    public bool ReturnValues { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Increments, static i => (long)i.Name.Length + 8L * i.By.Length);
}
