namespace BluePlan.State.Consistency;

/// <summary>What a client process is told on its command line.</summary>
internal sealed record ClientSettings
{
    public required StorePlace Place { get; init; }

    /// <summary>Its number, which is part of the values it writes.</summary>
    public int Process { get; init; }

    /// <summary>The monotonic clock's microseconds when the run began.</summary>
    public long Origin { get; init; }

    public int Seed { get; init; }

    public int Workers { get; init; } = 8;

    /// <summary>How long the leases of locks last, in milliseconds.</summary>
    public int LeaseMilliseconds { get; init; } = 3000;

    /// <summary>A file with the objects to read once, in the end; null = a client that works.</summary>
    public string? ReadObjects { get; init; }

    /// <summary>How long a client waits for the store to open, in milliseconds.</summary>
    public int OpenMilliseconds { get; init; } = 60_000;
}
