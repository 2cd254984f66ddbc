namespace BluePlan.State.Consistency;

/// <summary>The system's time, shifted: a machine whose clock is wrong, or is set while it runs.</summary>
internal sealed class SteppedTimeProvider : TimeProvider
{
    private long _shift;

    /// <summary>How far it is ahead; negative = behind.</summary>
    public TimeSpan Shift
    {
        get => new(Interlocked.Read(ref _shift));
        set => Interlocked.Exchange(ref _shift, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
