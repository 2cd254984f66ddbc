namespace BluePlan.State.Storage;

/// <summary>What a key holds: the answer to a read, and what exports carry. One of <see cref="DocumentContent"/>, <see cref="MapContent"/>, <see cref="LogContent"/>, <see cref="IndexContent"/>; in answers also <see cref="PageContent"/>.</summary>
/// <remarks>It is a picture of one instant that no later write changes; its memory must not be written to.</remarks>
public abstract record StateContent
{
    private protected StateContent() { }

    /// <summary>When the key expires, resolved; after a touch the new expiry.</summary>
    public StateExpiry Expiry { get; init; }
}
