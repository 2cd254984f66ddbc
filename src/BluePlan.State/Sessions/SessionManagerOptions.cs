namespace BluePlan.State;

/// <summary>Settings of <see cref="ISessionManager"/>.</summary>
public sealed class SessionManagerOptions
{
    /// <summary>How long a session lives untouched: from one second to 36,500 days; one hour by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a session lives however often it is used; null, the default = without end.</summary>
    public TimeSpan? AtMost { get; set; }

    internal void Validate(string path, ICollection<string> faults)
    {
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > StateExpiry.MaximumLifetime) faults.Add($"{path}.{nameof(Timeout)} is {Timeout}; it must be from one second to 36,500 days.");
        if (AtMost is { } most && (most < TimeSpan.FromSeconds(1) || most > StateExpiry.MaximumLifetime)) faults.Add($"{path}.{nameof(AtMost)} is {most}; it must be from one second to 36,500 days, or null.");
    }
}
