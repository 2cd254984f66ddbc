using System.Diagnostics;

namespace BluePlan.State.Benchmarks;

/// <summary>One caller of a contestant: makes call after call, and notes how long each took.</summary>
internal sealed class Caller(IContestant contestant, int index, int callers)
{
    private const int NotedCalls = 1 << 20;

    // Made before the rounds, so that noting allocates nothing; what does not fit is not noted.
    private readonly long[] _times = new long[NotedCalls / callers];
    private int _noted;
    // Apart from those of other numbers of callers.
    private readonly long _first = ((long)callers << 40) + index;
    private long _calls;

    /// <summary>How long the noted calls took, in ticks of <see cref="TimeSpan"/>.</summary>
    public IEnumerable<long> Times => _times.Take(_noted).Select(static t => Stopwatch.GetElapsedTime(0, t).Ticks);

    /// <summary>Calls until the time is over, and says how many calls it made.</summary>
    /// <param name="until">The end, by the clock of <see cref="Stopwatch"/>.</param>
    /// <param name="notes">Whether to note times.</param>
    public async Task<long> RunAsync(long until, bool notes)
    {
        var before = _calls;
        for (var begun = Stopwatch.GetTimestamp(); begun < until;)
        {
            var call = contestant.CallAsync(index, _first + _calls++ * callers);
            if (contestant.Blocks) call.AsTask().GetAwaiter().GetResult();
            else await call;
            var ended = Stopwatch.GetTimestamp();
            if (notes && _noted < _times.Length) _times[_noted++] = ended - begun;
            begun = ended;
        }
        return _calls - before;
    }
}
