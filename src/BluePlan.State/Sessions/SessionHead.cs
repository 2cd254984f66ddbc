namespace BluePlan.State;

/// <summary>What the library itself knows of a session, stored as one line of JSON before the host's data. Times are Unix milliseconds.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Created">When it was created.</param>
/// <param name="Active">When it was last created, updated or patched.</param>
/// <param name="Status">What the host says of it.</param>
internal sealed record SessionHead(string User, long Created, long Active, SessionStatus Status = SessionStatus.Active);
