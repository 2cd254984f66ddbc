namespace BluePlan.State;

/// <summary>Settings of <see cref="IConfigManager"/>.</summary>
public sealed class ConfigManagerOptions
{
    /// <summary>How many versions of each config are kept for rollback, from 1 to 10,000; 50 by default.</summary>
    public int KeepVersions { get; set; } = 50;

    internal void Validate(string path, ICollection<string> faults)
    {
        if (KeepVersions is < 1 or > 10_000) faults.Add($"{path}.{nameof(KeepVersions)} is {KeepVersions}; it must be from 1 to 10,000.");
    }
}
