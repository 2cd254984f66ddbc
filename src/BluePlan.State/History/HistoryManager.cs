namespace BluePlan.State;

/// <inheritdoc cref="IHistoryManager"/>
internal sealed class HistoryManager(StateScope scope, HistoryManagerOptions options) : IHistoryManager
{
    private readonly StateScope _scope = scope;
    private readonly HistoryManagerOptions _options = options;
}
