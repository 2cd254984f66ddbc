namespace BluePlan.State;

/// <summary>Settings of <see cref="ISessionManager"/>.</summary>
public sealed class SessionManagerOptions
{
    /// <summary>How long a session lives untouched: from one second to 400 days; one hour by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a session lives however often it is used: from one second to 400 days; null, the default = without end.</summary>
    public TimeSpan? AbsoluteTimeout { get; set; }

    internal void Validate(string path, ICollection<string> faults)
    {
        if (!TimeoutLimit.Includes(Timeout, TimeSpan.FromSeconds(1))) faults.Add($"{path}.{nameof(Timeout)} is {Timeout}; it must be from one second to 400 days.");
        if (AbsoluteTimeout is { } most && !TimeoutLimit.Includes(most, TimeSpan.FromSeconds(1))) faults.Add($"{path}.{nameof(AbsoluteTimeout)} is {most}; it must be from one second to 400 days, or null.");
    }
}
