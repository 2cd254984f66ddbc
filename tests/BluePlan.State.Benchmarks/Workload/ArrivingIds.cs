namespace BluePlan.State.Benchmarks;

/// <summary>
/// Ids as requests bring them: in an order that nobody foresees, each a text that has just been made, so it lies in the processor's cache however many there are. What a call then waits for is the store's memory,
/// not that of this program.
/// </summary>
internal sealed class ArrivingIds
{
    private const int AtOnce = 8;

    private readonly Queue<string>[] _arrived;
    private readonly string[] _ids;
    private long _taken;

    /// <param name="ids">All ids.</param>
    /// <param name="callers">How many callers ask for them at most.</param>
    public ArrivingIds(IEnumerable<string> ids, int callers)
    {
        _ids = [.. ids];
        new Random(1).Shuffle(_ids);
        // In memory, too, they lie in the order in which they are asked for.
        for (var i = 0; i < _ids.Length; i++) _ids[i] = new(_ids[i].AsSpan());
        _arrived = [.. Enumerable.Range(0, callers).Select(static _ => new Queue<string>(AtOnce))];
    }

    /// <summary>The next id for a caller, who asks for one at a time.</summary>
    public string Next(int caller)
    {
        var arrived = _arrived[caller];
        if (arrived.TryDequeue(out var id)) return id;
        var first = Interlocked.Add(ref _taken, AtOnce);
        for (var i = 0; i < AtOnce; i++) arrived.Enqueue(new(_ids[(first + i) % _ids.Length].AsSpan()));
        return arrived.Dequeue();
    }
}
