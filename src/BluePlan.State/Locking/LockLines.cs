using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Who waits for which lock in this process: a line for each, of which the first alone talks to the store. A line that nobody stands in is forgotten.</summary>
internal sealed class LockLines
{
    private readonly Dictionary<StateKey, Line> _lines = [];
    private readonly Lock _gate = new();

    /// <summary>How many lines there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _lines.Count;
        }
    }

    /// <summary>Stands in line until nobody is before; whoever disposes what it gets lets the next one go on.</summary>
    public async ValueTask<IDisposable> EnterAsync(StateKey key, CancellationToken cancellationToken)
    {
        Line? line;
        lock (_gate)
        {
            if (!_lines.TryGetValue(key, out line)) _lines.Add(key, line = new());
            line.Length++;
        }
        try
        {
            await line.First.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Leave(key, line);
            throw;
        }
        return new Place(this, key, line);
    }

    private void Leave(StateKey key, Line line)
    {
        lock (_gate)
        {
            if (--line.Length > 0) return;
            _lines.Remove(key);
        }
        line.First.Dispose();
    }

    private sealed class Line
    {
        // Those who wait without blocking a thread are let in as they came.
        public SemaphoreSlim First { get; } = new(1);

        public int Length { get; set; }
    }

    private sealed class Place(LockLines lines, StateKey key, Line line) : IDisposable
    {
        public void Dispose()
        {
            line.First.Release();
            lines.Leave(key, line);
        }
    }
}
