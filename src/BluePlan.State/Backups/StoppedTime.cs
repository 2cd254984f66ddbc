namespace BluePlan.State;

/// <summary>A clock that stands at the beginning of 1970, before anything that is stored expires.</summary>
internal sealed class StoppedTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
}
