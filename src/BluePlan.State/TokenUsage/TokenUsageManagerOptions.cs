namespace BluePlan.State;

/// <summary>Settings of <see cref="ITokenUsageManager"/>.</summary>
public sealed class TokenUsageManagerOptions
{
    /// <summary>How long single records are kept, and with them their request ids: from one day to 400 days; 30 days by default.</summary>
    public TimeSpan DetailRetention { get; set; } = TimeSpan.FromDays(30);

    internal void Validate(string path, ICollection<string> faults)
    {
        if (DetailRetention < TimeSpan.FromDays(1) || DetailRetention > TimeSpan.FromDays(400)) faults.Add($"{path}.{nameof(DetailRetention)} is {DetailRetention}; it must be from one day to 400 days.");
    }
}
