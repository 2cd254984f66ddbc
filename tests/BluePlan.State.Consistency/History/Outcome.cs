namespace BluePlan.State.Consistency;

/// <summary>How an operation ended.</summary>
internal enum Outcome
{
    /// <summary>Nobody knows: it timed out, its process died, or the store said that it may have happened.</summary>
    Unknown,

    /// <summary>It was done.</summary>
    Ok,

    /// <summary>Its condition was not met. It changed nothing.</summary>
    Refused,

    /// <summary>It failed and certainly changed nothing.</summary>
    Failed,

    /// <summary>It ended in a way that no document names: damaged data, an exception of another kind, no end at all.</summary>
    Broken,
}
