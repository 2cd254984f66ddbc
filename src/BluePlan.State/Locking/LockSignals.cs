using System.Threading.Channels;
using BluePlan.State.Storage;
using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>Hears when a lease may have been released, as long as it is not disposed. Signals that nobody waits for are joined, not lost; the first one comes when the store has begun to signal.</summary>
internal sealed class LockSignals : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TimeProvider _time;
    private readonly Task _watching;

    public LockSignals(IStateProvider provider, StateKey key, TimeProvider time, ILogger logger)
    {
        _time = time;
        _watching = provider.Capabilities.HasFlag(StateCapabilities.Watch) ? WatchAsync(provider, key, logger) : Task.CompletedTask;
    }

    /// <summary>Whether the store signals.</summary>
    public bool IsWatching => !_watching.IsCompleted;

    /// <summary>Waits for a signal, at most so long.</summary>
    public async Task WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_signals.Reader.WaitToReadAsync(enough.Token).AsTask(), Task.Delay(most, _time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        _signals.Reader.TryRead(out _);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Ends the watch without waiting for its end: a lease that was got meanwhile is being renewed, and must reach its holder.</summary>
    public void Dispose() => _ = EndAsync();

    private async Task EndAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync(IStateProvider provider, StateKey key, ILogger logger)
    {
        try
        {
            await foreach (var _ in provider.WatchAsync(key, _end.Token).ConfigureAwait(false)) _signals.Writer.TryWrite(true);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
        catch (StateUnavailableException exception)
        {
            LockLog.NotWatched(logger, exception);
        }
    }
}
