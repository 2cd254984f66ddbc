namespace BluePlan.State.Consistency;

/// <summary>A register with compare and set, also the value that holders of a lock write. Each written value is unique.</summary>
internal sealed class RegisterModel : ISequentialModel<RegisterState>
{
    /// <inheritdoc/>
    public bool CountsChanges => false;

    /// <inheritdoc/>
    public bool TryStep(RegisterState state, Operation operation, out RegisterState next)
    {
        next = state;
        var isKnown = operation.Outcome is Outcome.Ok;
        switch (operation.Action)
        {
            case OperationAction.Read:
                return operation.Output[0] == state.Value;
            case OperationAction.Write:
                next = new(operation.Input[0]);
                return true;
            case OperationAction.CompareAndSet when operation.Outcome is Outcome.Refused:
                return operation.Input[1] != state.Value;
            case OperationAction.CompareAndSet:
                next = new(operation.Input[0]);
                return operation.Input[1] is -1 || operation.Input[1] == state.Value;
            case OperationAction.Delete:
                next = default;
                return isKnown ? operation.Output.Count == 0 || operation.Output[0] == 1 == (state.Value != 0) : state.Value != 0;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public long? Written(Operation operation) => operation.Action is OperationAction.Write or OperationAction.CompareAndSet
        ? operation.Input[0] : null;

    /// <inheritdoc/>
    public bool IsUnconditional(Operation operation) => operation.Action is OperationAction.Write
        || operation.Action is OperationAction.CompareAndSet && operation.Input[1] is -1;

    /// <inheritdoc/>
    public bool TellsUnseen(Operation operation) => operation.Action is OperationAction.Delete
        || operation is { Action: OperationAction.CompareAndSet, Outcome: Outcome.Refused } && operation.Input[1] is not -1;

    /// <inheritdoc/>
    public IEnumerable<long> Observed(Operation operation) => operation.Action switch
    {
        OperationAction.Read => operation.Output,
        OperationAction.CompareAndSet => [operation.Input[1]],
        _ => [],
    };
}
