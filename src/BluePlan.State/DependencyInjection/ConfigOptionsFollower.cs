using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BluePlan.State;

/// <summary>Follows one config for options of one name: holds the last good value, finished and checked, and says when there is another.</summary>
internal sealed class ConfigOptionsFollower<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(IServiceProvider services, string optionsName, string configName, string? storeName)
    : IConfigOptionsFollower, IOptionsChangeTokenSource<T>, IAsyncDisposable, IDisposable where T : class
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _disposal = new();
    private readonly TaskCompletionSource _firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger = services.GetService<ILoggerFactory>()?.CreateLogger<IConfigManager>() ?? (ILogger)NullLogger.Instance;
    private readonly Lock _starting = new();
    private Task? _following;
    private CancellationTokenSource _change = new();
    private (long Version, DateTimeOffset SavedAt)? _seen;
    private volatile T? _current;

    public string Name => optionsName;

    public Task StartAsync()
    {
        lock (_starting)
        {
            if (_following is null)
            {
                // It outlives the caller, who may also stand still and wait for it, so it takes nothing of the caller's context along.
                using var alone = ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow();
                _following = Task.Run(FollowAsync);
            }
        }
        return _firstAnswer.Task;
    }

    public IChangeToken GetChangeToken()
    {
        _ = StartAsync();
        return new CancellationChangeToken(Volatile.Read(ref _change).Token);
    }

    /// <summary>The last good value; null = there is none, or the config is deleted. Who comes before the store's first answer waits for it.</summary>
    public T? WaitForCurrent()
    {
        var firstAnswer = StartAsync();
        if (!firstAnswer.IsCompleted && Task.WaitAny([firstAnswer], LongestWait) < 0) ConfigOptionsLog.NotWaitedFor(_logger, configName, LongestWait);
        if (firstAnswer.IsFaulted) firstAnswer.GetAwaiter().GetResult();
        return _current;
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (_following is { } following) await following.ConfigureAwait(false);
    }

    public void Dispose()
    {
        lock (_starting) _following ??= Task.CompletedTask;
        _disposal.Cancel();
        _firstAnswer.TrySetResult();
    }

    private Task FollowAsync() =>
        new ConfigFollowing<T>(() => storeName is null ? services.GetRequiredService<IConfigManager>() : services.GetRequiredKeyedService<IConfigManager>(storeName), configName, services.GetService<TimeProvider>() ?? TimeProvider.System, _logger, Take)
            .RunAsync(_firstAnswer, _disposal.Token);

    private void Take(ConfigEntry<T>? entry)
    {
        (long, DateTimeOffset)? version = entry is null ? null : (entry.Version, entry.SavedAt);
        if (version == _seen) return; // a new watch begins with what the last one ended with
        try
        {
            _current = entry is null ? null : new FinishedOptions(entry.Value, services).Create(optionsName);
            _seen = version;
        }
        catch (OptionsValidationException exception)
        {
            ConfigOptionsLog.NotValid(_logger, configName, entry!.Version, exception);
            return;
        }
        _firstAnswer.TrySetResult(); // before the listeners are told: they look at the options at once
        try
        {
            Interlocked.Exchange(ref _change, new()).Cancel();
        }
        catch (AggregateException exception)
        {
            ConfigOptionsLog.ListenerFailed(_logger, configName, exception);
        }
    }

    /// <summary>Runs what the host wants done to every value, on this one.</summary>
    private sealed class FinishedOptions(T value, IServiceProvider services)
        : OptionsFactory<T>([], services.GetServices<IPostConfigureOptions<T>>(), services.GetServices<IValidateOptions<T>>())
    {
        protected override T CreateInstance(string name) => value;
    }
}
