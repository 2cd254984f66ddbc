namespace BluePlan.State;

/// <summary>Settings of hosted maintenance.</summary>
public sealed class MaintenanceOptions
{
    /// <summary>How often expired things are swept and the store is maintained: from one second to one day; 10 minutes by default.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    internal void Validate(string path, ICollection<string> faults)
    {
        if (Interval < TimeSpan.FromSeconds(1) || Interval > TimeSpan.FromDays(1))
            faults.Add($"{path}.{nameof(Interval)} is {Interval}; it must be from one second to one day.");
    }
}
