namespace BluePlan.State.Consistency;

/// <summary>A config: each save and each deletion is the next version.</summary>
internal sealed class VersionModel : ISequentialModel<VersionState>
{
    /// <inheritdoc/>
    public bool CountsChanges => true;

    /// <inheritdoc/>
    public bool TryStep(VersionState state, Operation operation, out VersionState next)
    {
        next = state;
        switch (operation.Action)
        {
            case OperationAction.Read:
                return operation.Output[1] == state.Value && (state.Value == 0 || operation.Output[0] == state.Version);
            case OperationAction.Save when operation.Outcome is Outcome.Refused:
                return !IsMet(state, operation.Input[1]);
            case OperationAction.Save:
                next = new(state.Version + 1, operation.Input[0]);
                return IsMet(state, operation.Input[1]) && (operation.Output.Count == 0 || operation.Output[0] == next.Version);
            case OperationAction.Delete:
                var wasThere = state.Value != 0;
                if (wasThere) next = new(state.Version + 1, 0);
                return operation.Outcome is Outcome.Ok ? operation.Output.Count == 0 || operation.Output[0] == 1 == wasThere : wasThere;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public long? Written(Operation operation) => operation.Action is OperationAction.Save ? operation.Input[0] : null;

    /// <inheritdoc/>
    public bool IsUnconditional(Operation operation) => operation.Action is OperationAction.Save && operation.Input[1] is -1;

    /// <inheritdoc/>
    public bool TellsUnseen(Operation operation) => operation.Action is OperationAction.Delete || operation.Outcome is Outcome.Refused;

    /// <inheritdoc/>
    public IEnumerable<long> Observed(Operation operation) => operation.Action is OperationAction.Read ? [operation.Output[1]] : [];

    private static bool IsMet(VersionState state, long expected) => expected switch
    {
        -1 => true,
        0 => state.Value == 0,
        _ => state.Value != 0 && state.Version == expected,
    };
}
