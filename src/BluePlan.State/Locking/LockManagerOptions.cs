namespace BluePlan.State;

/// <summary>Settings of <see cref="ILockManager"/>.</summary>
public sealed class LockManagerOptions
{
    /// <summary>
    /// How long a lock stays held when its holder does not renew it: from one second to one day; 30 seconds by default. So long others wait after a holder has died; and a holder that does not reach the store loses its
    /// lock after nine tenths of it. Processes may have different ones.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For how long after a fenced commit its partition remembers the token, and refuses lower ones: from one hour to 400 days; 7 days by default. Longer than a holder can be stopped and still go on.
    /// </summary>
    public TimeSpan FenceRetention { get; set; } = TimeSpan.FromDays(7);

    internal void Validate(string path, ICollection<string> faults)
    {
        if (LeaseDuration < TimeSpan.FromSeconds(1) || LeaseDuration > TimeSpan.FromDays(1)) faults.Add($"{path}.{nameof(LeaseDuration)} is {LeaseDuration}; it must be from one second to one day.");
        if (!TimeoutLimit.Includes(FenceRetention, TimeSpan.FromHours(1))) faults.Add($"{path}.{nameof(FenceRetention)} is {FenceRetention}; it must be from one hour to 400 days.");
    }
}
