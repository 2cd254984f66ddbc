namespace BluePlan.State;

/// <summary>Settings of hosted maintenance, which runs in every process whose host runs hosted services; several at once do no harm. Without a host call <see cref="IBluePlanState.MaintainAsync"/>.</summary>
public sealed class MaintenanceOptions
{
    /// <summary>Whether this process maintains the store; true by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often expired things are swept and the store is maintained: from one second to one day; 10 minutes by default.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    internal void Validate(string path, ICollection<string> faults)
    {
        if (Interval < TimeSpan.FromSeconds(1) || Interval > TimeSpan.FromDays(1))
            faults.Add($"{path}.{nameof(Interval)} is {Interval}; it must be from one second to one day.");
    }
}
