namespace BluePlan.State.Consistency;

/// <summary>A time in microseconds since the run began, first and last included.</summary>
internal readonly record struct Interval(long Begun, long Ended)
{
    public bool Overlaps(long begun, long ended) => begun <= Ended && ended >= Begun;
}
