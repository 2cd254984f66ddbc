namespace BluePlan.State.Storage;

/// <summary>Adds to counters of a map on the condition that every bound holds afterwards. Budgets, quotas and rate limits are made of it.</summary>
/// <remarks>
/// <para>A bound whose sum does not rise is met, so an amount can be given back while the sum is above its maximum.</para>
/// <para>If a bound is not met, the commit is a conflict whose <see cref="CommitConflict.Bound"/> is the bound's position and
/// <see cref="CommitConflict.Available"/> what it leaves. Otherwise, the operation does what <see cref="IncrementFields"/> does, and fails as that does.</para>
/// <para>A bound adds its fields up in their order. If a field of it holds bytes, the provider throws
/// <see cref="InvalidOperationException"/>; if the sum passes ±(2^53 − 1) on the way, <see cref="OverflowException"/>.</para>
/// </remarks>
public sealed record IncrementWithin : StateOperation
{
    private const int MaximumFields = 1_000;

    /// <inheritdoc cref="IncrementWithin"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="increments">1 to 1,000; no name twice.</param>
    /// <param name="bounds">What must hold afterwards, 1 to 1,000 fields in all.</param>
    /// <param name="returnValues">Whether <see cref="OperationResult.Vectors"/> answers the new vectors, in order. Ask only when needed.</param>
    /// <exception cref="ArgumentException">The key has another shape, or an increment or bound breaks its rule.</exception>
    public IncrementWithin(StateKey key, IReadOnlyList<MapIncrement> increments, IReadOnlyList<CounterBound> bounds, bool returnValues = false) : base(key, StateShape.Map)
    {
        Increments = CheckNames(increments, static i => i.Name, nameof(increments));
        for (var i = 0; i < increments.Count; i++) MapValue.CheckVector(increments[i].By, nameof(increments));
        if (increments.Count > MaximumFields) throw new ArgumentException($"There are {increments.Count:N0} increments; at most {MaximumFields:N0} are accepted.", nameof(increments));
        Bounds = CheckList(bounds, nameof(bounds));
        var fields = 0;
        for (var i = 0; i < bounds.Count; i++)
        {
            CheckNumber(bounds[i].Maximum, nameof(bounds));
            fields += CheckNames(bounds[i].Fields, static name => name, nameof(bounds)).Count;
            if (bounds[i].Counter is < 0 or >= StateLimits.MaximumVectorLength) throw new ArgumentOutOfRangeException(nameof(bounds), bounds[i].Counter, $"A counter's position is from 0 to {StateLimits.MaximumVectorLength - 1}.");
        }
        if (fields > MaximumFields) throw new ArgumentException($"The bounds name {fields:N0} fields; at most {MaximumFields:N0} are accepted.", nameof(bounds));
        ReturnValues = returnValues;
    }

    /// <summary>What to add.</summary>
    public IReadOnlyList<MapIncrement> Increments { get; }

    /// <summary>What must hold afterwards.</summary>
    public IReadOnlyList<CounterBound> Bounds { get; }

    /// <summary>Whether the new vectors are answered.</summary>
    public bool ReturnValues { get; }

    /// <inheritdoc/>
    public override StateCapabilities Requires => StateCapabilities.FieldConditions;

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Increments, static i => (long)i.Name.Length + 8L * i.By.Length) + Sum(Bounds, static b => Sum(b.Fields, static name => (long)name.Length));

    /// <summary>How much this operation adds to the sum of a bound; ±(2^53 − 1) stands for more than that.</summary>
    /// <param name="bound">One of <see cref="Bounds"/>.</param>
    public long AddedTo(in CounterBound bound)
    {
        Int128 added = 0;
        for (var i = 0; i < Increments.Count; i++)
        {
            var (name, by) = Increments[i];
            if (bound.Counter < by.Length && bound.Fields.Contains(name)) added += by.Span[bound.Counter];
        }
        return (long)Int128.Clamp(added, -StateLimits.MaximumNumber, StateLimits.MaximumNumber);
    }
}
