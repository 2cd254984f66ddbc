namespace BluePlan.State.Conformance;

/// <summary>A clock that stands still until a test moves it.</summary>
public sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    /// <summary>What it shows.</summary>
    public DateTimeOffset Now { get; set; } = now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
