namespace BluePlan.State;

/// <summary>What a host says of a session. It changes nothing about how the session is read, slid or expires.</summary>
/// <remarks>Stored by name, so the names never change.</remarks>
public enum SessionStatus
{
    /// <summary>In use; what every session begins with.</summary>
    Active = 0,

    /// <summary>The host has ended it and keeps it to be read until it expires.</summary>
    Closed = 1,
}
