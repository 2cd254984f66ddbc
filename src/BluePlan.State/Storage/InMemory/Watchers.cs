using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace BluePlan.State.Storage;

/// <summary>Who watches which key in this process. A watcher holds at most one signal that it has not seen: more are joined with it.</summary>
internal sealed class Watchers
{
    private readonly ConcurrentDictionary<StateKey, Channel<bool>[]> _watchers = new();
    private volatile bool _closed;

    /// <summary>How many keys are watched.</summary>
    public int Count => _watchers.Count;

    public async IAsyncEnumerable<StateKey> WatchAsync(StateKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        _watchers.AddOrUpdate(key, static (_, added) => [added], static (_, all, added) => [.. all, added], signal);
        try
        {
            if (_closed) yield break;
            yield return key;
            await foreach (var _ in signal.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return key;
        }
        finally
        {
            Remove(key, signal);
        }
    }

    public void Signal(StateKey key)
    {
        if (!_watchers.TryGetValue(key, out var all)) return;
        foreach (var signal in all) signal.Writer.TryWrite(true);
    }

    public void SignalAll()
    {
        foreach (var key in _watchers.Keys) Signal(key);
    }

    /// <summary>Ends all watches.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var all in _watchers.Values)
            foreach (var signal in all) signal.Writer.TryComplete();
    }

    private void Remove(StateKey key, Channel<bool> signal)
    {
        while (_watchers.TryGetValue(key, out var all))
        {
            var rest = Array.FindAll(all, s => s != signal);
            if (rest.Length == 0 ? _watchers.TryRemove(KeyValuePair.Create(key, all)) : _watchers.TryUpdate(key, rest, all)) return;
        }
    }
}
