namespace BluePlan.State;

/// <inheritdoc cref="IStateStore"/>
internal sealed class StateStore(StateScope scope) : IStateStore
{
    private readonly StateScope _scope = scope;
}
