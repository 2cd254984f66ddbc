using System.Net;

namespace BluePlan.State.Redis;

/// <summary>Tells whether a server's clock is behind a time that it has already shown, because it was set back.</summary>
/// <remarks>
/// What expires was dated by an earlier, higher time then, so a command that counts from now would shorten its life. Nothing is
/// extrapolated: a clock that runs slower than another is not behind.
/// </remarks>
internal sealed class ClockSetback
{
    private readonly Lock _gate = new();
    private Dictionary<EndPoint, DateTimeOffset> _highest = [];
    private DateTimeOffset _highestOfAll;
    private volatile bool _isBehind;

    /// <summary>Whether the clock of any server is behind.</summary>
    public bool IsBehind => _isBehind;

    /// <summary>Notes what the servers' clocks show.</summary>
    /// <param name="times">
    /// The primaries, each with its time. One that was not among the last ones may hold what any of those dated, so it is behind
    /// until it reaches the highest time that any of them has shown.
    /// </param>
    public void Note(IReadOnlyCollection<(EndPoint Server, DateTimeOffset Time)> times)
    {
        if (times.Count == 0) return;
        lock (_gate)
        {
            var (highest, isBehind) = (new Dictionary<EndPoint, DateTimeOffset>(times.Count), false);
            foreach (var (server, time) in times)
            {
                var before = Within(_highest.TryGetValue(server, out var known) ? known : _highestOfAll, time);
                isBehind |= time < before;
                highest[server] = Later(before, time);
            }
            (_highest, _isBehind) = (highest, isBehind);
            _highestOfAll = Later(Within(_highestOfAll, times.Max(static one => one.Time)), highest.Values.Max());
        }
    }

    /// <summary>A clock that was further ahead was wrong, and touches set right what it dated.</summary>
    private static DateTimeOffset Within(DateTimeOffset highest, DateTimeOffset time) =>
        highest - time > StateExpiry.ClockTolerance ? time + StateExpiry.ClockTolerance : highest;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
