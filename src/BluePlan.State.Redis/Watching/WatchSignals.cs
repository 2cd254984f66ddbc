using System.Threading.Channels;

namespace BluePlan.State.Redis;

/// <summary>The watches of one provider. Each has room for one signal, so signals are joined, never lost.</summary>
internal sealed class WatchSignals : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Channel<bool>> _signals = [];
    private bool _disposed;

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

    /// <summary>Signals everyone: something may have been missed.</summary>
    public void SignalAll()
    {
        lock (_gate)
            foreach (var signals in _signals) signals.Writer.TryWrite(true);
    }

    /// <summary>Ends every watch.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var signals in _signals) signals.Writer.TryComplete();
        }
    }
}
