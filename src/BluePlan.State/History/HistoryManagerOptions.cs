namespace BluePlan.State;

/// <summary>Settings of <see cref="IHistoryManager"/>.</summary>
public sealed class HistoryManagerOptions
{
    /// <summary>
    /// How many messages a conversation keeps, at least 1; 100 by default, null = all. Whole turns go from the head; what stays all the same, and when, is said at <see cref="IHistoryManager"/>.
    /// </summary>
    public int? MaximumMessages { get; set; } = 100;

    /// <summary>
    /// How long a conversation lives after its last append, or its creation: from one second to 400 days; null, the default = until it is deleted. A change takes hold of a conversation at its next append.
    /// </summary>
    public TimeSpan? Timeout { get; set; }

    internal void Validate(string path, ICollection<string> faults)
    {
        if (MaximumMessages < 1) faults.Add($"{path}.{nameof(MaximumMessages)} is {MaximumMessages}; it must be at least 1, or null for no limit.");
        if (Timeout is { } timeout && !TimeoutLimit.Includes(timeout, TimeSpan.FromSeconds(1))) faults.Add($"{path}.{nameof(Timeout)} is {timeout}; it must be from one second to 400 days, or null.");
    }
}
