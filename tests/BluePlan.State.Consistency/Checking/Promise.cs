namespace BluePlan.State.Consistency;

/// <summary>What the documents promise under the faults of a run, and so what a checker may hold against the store.</summary>
/// <remarks>
/// README and the remarks of <c>RedisStateOptions</c> allow this much: a failover loses what was acknowledged in the last moments before
/// it, unless replicas confirm commits; a primary that is cut off alive answers
/// until it hears of its successor. So a failover has a window, from moments before it until shortly after Sentinel or the cluster names
/// the new primary. In a window reads prove nothing, and without
/// confirmation an acknowledged write is as good as one of unknown outcome. Before and after windows everything holds.
/// </remarks>
internal sealed record Promise
{
    /// <summary>The windows of failovers.</summary>
    public IReadOnlyList<Interval> Windows { get; init; } = [];

    /// <summary>Whether what was acknowledged in a window may be gone after it.</summary>
    public bool LosesAcknowledged { get; init; }

    /// <summary>The times in which something was broken. What must happen within a bound has it from their ends.</summary>
    public IReadOnlyList<Interval> Disturbances { get; init; } = [];

    /// <summary>The intervals in which a clock that expiry depends on was set. The exact time within them is unknown.</summary>
    public IReadOnlyList<Interval> ClockSteps { get; init; } = [];

    /// <summary>Within what time a watch hears of a change, and a waiter of a lock that is free.</summary>
    public long Bound { get; init; } = 6_000_000;

    /// <summary>How long a lease lives when its holder has died.</summary>
    public long LeaseDuration { get; init; } = 3_000_000;

    /// <summary>How long an expiring key lives after it was read.</summary>
    public long ExpiryWindow { get; init; } = 2_000_000;

    /// <summary>
    /// How much earlier than that it may be gone: times are kept in milliseconds, and a crash takes back a 64th of a slide in files.
    /// </summary>
    public long ExpiryTolerance { get; init; } = 50_000;

    /// <summary>How long a slide may wait in the memory of the process, so that a crash takes it back.</summary>
    public long SlideDelay { get; init; }

    /// <summary>How long after its time it may still be found.</summary>
    public long ExpiryDelay { get; init; } = 2_000_000;

    /// <summary>
    /// When the place of the store was taken away for good; null = never. What begins a second after it cannot be acknowledged.
    /// </summary>
    public IReadOnlyList<Interval> Vanished { get; init; } = [];

    /// <summary>What an operation proves; null when nothing.</summary>
    public Operation? Evidence(Operation operation)
    {
        if (operation.Outcome is Outcome.Failed or Outcome.Broken) return null;
        if (operation.IsRead && operation.Outcome is not Outcome.Ok) return null;
        if (!InWindow(operation.Begun, operation.Ended)) return operation;
        if (operation.IsRead || operation.Outcome is Outcome.Refused) return null;
        return LosesAcknowledged ? operation with { Outcome = Outcome.Unknown, IsLosable = operation.Outcome is Outcome.Ok,
            Output = [] } : operation;
    }

    /// <summary>Whether a time touches a window.</summary>
    public bool InWindow(long begun, long ended) => Windows.Any(window => window.Overlaps(begun, ended));

    /// <summary>Whether a clock was set in a time.</summary>
    public bool HasStep(long begun, long ended) => ClockSteps.Any(step => step.Ended >= begun && step.Begun <= ended);

    /// <summary>Whether the crash of a process may take a slide back.</summary>
    public bool TakesBack(Operation touch) =>
        touch.IsRead && SlideDelay > 0 && Disturbances.Any(crash => crash.Overlaps(touch.Begun, touch.Ended + SlideDelay));

    /// <summary>Until when something must have happened that could happen from an instant on.</summary>
    public long Deadline(long from)
    {
        // A disturbance within the time that is left gives the whole time again; each counts once.
        foreach (var disturbance in Disturbances.Concat(Windows).OrderBy(static interval => interval.Begun))
            if (disturbance.Begun <= from + Bound && disturbance.Ended > from) from = disturbance.Ended;
        return from + Bound;
    }
}
