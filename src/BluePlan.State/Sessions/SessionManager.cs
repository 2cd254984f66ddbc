namespace BluePlan.State;

/// <inheritdoc cref="ISessionManager"/>
internal sealed class SessionManager(StateScope scope, SessionManagerOptions options) : ISessionManager
{
    private readonly StateScope _scope = scope;
    private readonly SessionManagerOptions _options = options;
}
