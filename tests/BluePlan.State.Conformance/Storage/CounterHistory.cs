using System.Collections.Concurrent;
using FluentAssertions;

namespace BluePlan.State.Conformance;

/// <summary>
/// What concurrent callers saw of something that counts up by one. It is linearizable exactly when every value was given once and no call shows less than a call that had ended before it began,
/// nor a step as little: then the calls, ordered by value, are a sequential history that keeps their real order (Herlihy and Wing, 1990).
/// </summary>
internal sealed class CounterHistory
{
    private readonly ConcurrentQueue<(long Began, long Ended, long Value, bool IsStep)> _calls = [];
    private long _clock;

    /// <summary>Makes a call; it answers the value that it made or saw, and whether it made it.</summary>
    public async Task RecordAsync(Func<Task<(long Value, bool IsStep)>> call)
    {
        var began = Interlocked.Increment(ref _clock);
        var (value, isStep) = await call();
        _calls.Enqueue((began, Interlocked.Increment(ref _clock), value, isStep));
    }

    public void ShouldBeLinearizable(int steps)
    {
        _calls.Where(static call => call.IsStep).Select(static call => call.Value).Order().Should().Equal(Enumerable.Range(1, steps).Select(static i => (long)i), "every value is given once");
        _calls.Should().Contain(static call => !call.IsStep, "somebody looked on");
        var highest = (Value: 0L, Ended: 0L);
        var ended = new Queue<(long Value, long Ended)>(_calls.OrderBy(static call => call.Ended).Select(static call => (call.Value, call.Ended)));
        foreach (var call in _calls.OrderBy(static call => call.Began))
        {
            for (; ended.Peek().Ended < call.Began; ended.Dequeue())
                if (ended.Peek().Value > highest.Value) highest = ended.Peek();
            call.Value.Should().BeGreaterThanOrEqualTo(call.IsStep ? highest.Value + 1 : highest.Value, "a call that ended before this one began has shown {0}", highest.Value);
        }
    }
}
