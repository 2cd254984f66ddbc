using System.Threading.Channels;

namespace BluePlan.State.Redis;

/// <summary>
/// The watches of one provider. Each has room for one signal, so signals are joined, never lost. What Redis publishes may be: while the subscription is made again, on another node perhaps, or between the nodes of a
/// cluster. So all are signalled after a reconnect, once more when the subscriptions must stand again, and from time to time.
/// </summary>
internal sealed class WatchSignals : IDisposable
{
    /// <summary>How long it takes at most that a change shows whose message was lost.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Channel<bool>> _signals = [];
    private readonly Func<bool> _isConnected;
    private readonly ITimer _timer;
    private bool _disposed;

    /// <param name="time">The clock.</param>
    /// <param name="isConnected">Whether the server can be asked: a watcher that is told to look while it cannot would only fail.</param>
    public WatchSignals(TimeProvider time, Func<bool> isConnected)
    {
        _isConnected = isConnected;
        _timer = time.CreateTimer(static signals => ((WatchSignals)signals!).OnTime(), this, Period, Period);
    }

    /// <summary>A new watch's signals, the first of them given already.</summary>
    public Channel<bool> Add()
    {
        var signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        signals.Writer.TryWrite(true);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Storage.RedisStateProvider));
            _signals.Add(signals);
        }
        return signals;
    }

    public void Remove(Channel<bool> signals)
    {
        lock (_gate) _signals.Remove(signals);
    }

    /// <summary>Signals everyone, now and when the subscriptions stand again: something may have been missed.</summary>
    public void OnReconnect()
    {
        SignalAll();
        _timer.Change(Settling, Period);
    }

    /// <summary>Ends every watch.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _disposed = true;
            foreach (var signals in _signals) signals.Writer.TryComplete();
        }
    }

    private void OnTime()
    {
        if (_isConnected()) SignalAll();
    }

    /// <summary>Signals everyone.</summary>
    public void SignalAll()
    {
        lock (_gate)
            foreach (var signals in _signals) signals.Writer.TryWrite(true);
    }
}
