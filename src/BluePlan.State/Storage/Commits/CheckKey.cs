namespace BluePlan.State.Storage;

/// <summary>Writes nothing: the commit happens only when the condition holds. <see cref="StateCondition.IfMatch"/> needs a document.</summary>
public sealed record CheckKey : StateOperation
{
    /// <inheritdoc cref="CheckKey"/>
    /// <exception cref="ArgumentException">There is nothing to check, or the condition does not fit the shape.</exception>
    public CheckKey(StateKey key, StateCondition condition) : base(key, null)
    {
        if (condition.Kind is StateConditionKind.None) throw new ArgumentException("There is nothing to check.", nameof(condition));
        if (condition.Kind is StateConditionKind.IfMatch && key.Shape is not StateShape.Document) throw new ArgumentException($"Only documents have an ETag, {key} is none.", nameof(condition));
        Condition = condition;
    }

    /// <summary>What must hold.</summary>
    public StateCondition Condition { get; }

    /// <inheritdoc/>
    public override bool IsWriter => false;
}
