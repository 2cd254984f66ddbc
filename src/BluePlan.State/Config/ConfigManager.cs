namespace BluePlan.State;

/// <inheritdoc cref="IConfigManager"/>
internal sealed class ConfigManager(StateScope scope, ConfigManagerOptions options) : IConfigManager
{
    private readonly StateScope _scope = scope;
    private readonly ConfigManagerOptions _options = options;
}
