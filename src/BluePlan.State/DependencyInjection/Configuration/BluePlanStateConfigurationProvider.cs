using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State;

/// <summary>Shows one config in an app's configuration, from when the host starts on. It is built before the container that has the store, so it is empty until then.</summary>
internal sealed class BluePlanStateConfigurationProvider(BluePlanStateConfigurationSource source) : ConfigurationProvider, IDisposable
{
    private readonly CancellationTokenSource _disposal = new();
    private readonly Lock _gate = new();
    private Task? _firstAnswer;
    private (long Version, DateTimeOffset SavedAt)? _seen;
    private ILogger _logger = NullLogger.Instance;

    public string ConfigName => source.ConfigName;

    public string? StoreName => source.StoreName;

    /// <summary>Begins to follow the config, unless it has begun.</summary>
    /// <param name="services">The services, which have the store.</param>
    /// <param name="ended">Ends it with the container.</param>
    /// <returns>A task that ends with the store's first answer, good or bad; with an exception if following can never work.</returns>
    public Task StartAsync(IServiceProvider services, CancellationToken ended)
    {
        lock (_gate)
        {
            if (_firstAnswer is not null) return _firstAnswer;
            var firstAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _firstAnswer = firstAnswer.Task;
            _logger = services.GetService<ILoggerFactory>()?.CreateLogger<IConfigManager>() ?? (ILogger)NullLogger.Instance;
            var state = source.StoreName is { } name ? services.GetRequiredKeyedService<IBluePlanState>(name) : services.GetRequiredService<IBluePlanState>();
            var following = new ConfigFollowing<JsonElement>(() => state.ForTenant(source.Tenant).Config, source.ConfigName, services.GetService<TimeProvider>() ?? TimeProvider.System, _logger, Take);
            // It outlives the caller, so it takes nothing of the caller's context along.
            using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow()) _ = Task.Run(() => FollowAsync(following, firstAnswer, ended), CancellationToken.None);
            return _firstAnswer;
        }
    }

    public void Dispose() => _disposal.Cancel();

    public override string ToString() => $"Config '{source.ConfigName}' of BluePlan.State";

    private async Task FollowAsync(ConfigFollowing<JsonElement> following, TaskCompletionSource firstAnswer, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_disposal.Token, ended);
        await following.RunAsync(firstAnswer, either.Token).ConfigureAwait(false);
        // A configuration can outlive its host, as in tests, and serve another one.
        lock (_gate) _firstAnswer = null;
    }

    private void Take(ConfigEntry<JsonElement>? entry)
    {
        (long, DateTimeOffset)? version = entry is null ? null : (entry.Version, entry.SavedAt);
        if (version == _seen) return; // A new watch begins with what the last one ended with.
        try
        {
            Data = entry is null ? new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) : JsonSettings.Flatten(entry.Value, source.Section);
            _seen = version;
        }
        catch (FormatException exception)
        {
            ConfigOptionsLog.NotValid(_logger, source.ConfigName, entry!.Version, exception);
            return;
        }
        try
        {
            OnReload();
        }
        catch (AggregateException exception)
        {
            ConfigOptionsLog.ListenerFailed(_logger, source.ConfigName, exception);
        }
    }
}
