namespace BluePlan.State;

/// <inheritdoc cref="ITokenUsageManager"/>
internal sealed class TokenUsageManager(StateScope scope, TokenUsageManagerOptions options) : ITokenUsageManager
{
    private readonly StateScope _scope = scope;
    private readonly TokenUsageManagerOptions _options = options;
}
