using Microsoft.Extensions.Logging;

namespace BluePlan.State.Redis;

/// <summary>Looks at the servers and the store's marker once a second, since neither a flush, an eviction nor a promotion is told to clients. It also keeps the marker from being the key that was used least.</summary>
internal sealed partial class StoreProbe : IDisposable
{
    /// <summary>How long at most a change goes unnoticed.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Func<Task> _look;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _looking;
    private bool _disposed;

    public StoreProbe(Func<Task> look, TimeProvider time, ILogger logger)
    {
        (_look, _logger) = (look, logger);
        _timer = time.CreateTimer(static probe => ((StoreProbe)probe!).Look(), this, Period, Period);
    }

    /// <summary>Looks now, also if no command is sent.</summary>
    public void Look()
    {
        if (Volatile.Read(ref _disposed) || Interlocked.Exchange(ref _looking, 1) != 0) return;
        _ = LookAsync();
    }

    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        _timer.Dispose();
    }

    private async Task LookAsync()
    {
        try
        {
            await Task.Yield();
            await _look().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The next command is told the same.
            if (!_disposed) LogFailed(exception);
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    [LoggerMessage(2005, LogLevel.Debug, "The look at the Redis servers and the store's marker failed; the next command looks again.")]
    private partial void LogFailed(Exception exception);
}
