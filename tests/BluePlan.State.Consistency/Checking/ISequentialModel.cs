namespace BluePlan.State.Consistency;

/// <summary>What an object does when its operations follow each other.</summary>
/// <typeparam name="TState">Its state.</typeparam>
internal interface ISequentialModel<TState> where TState : struct, IEquatable<TState>
{
    /// <summary>Applies an operation.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="operation">The operation. One of unknown outcome constrains nothing.</param>
    /// <param name="next">The state after it.</param>
    /// <returns>False when the answer does not fit the state, or when an operation of unknown outcome has no effect there.</returns>
    bool TryStep(TState state, Operation operation, out TState next);

    /// <summary>Whether a change matters though nobody saw its value: it takes a version.</summary>
    bool CountsChanges { get; }

    /// <summary>The value that an operation leaves; null when it leaves none.</summary>
    long? Written(Operation operation);

    /// <summary>Whether it takes effect in every state.</summary>
    bool IsUnconditional(Operation operation);

    /// <summary>Whether it may be possible only because of a value that no operation shows.</summary>
    bool TellsUnseen(Operation operation);

    /// <summary>The values whose presence an operation shows.</summary>
    IEnumerable<long> Observed(Operation operation);
}
