using System.Collections.Concurrent;

namespace BluePlan.State;

/// <summary>
/// What all tenants of a store share in this process: the settings as they are worked with, and what this process has said or asked within this hour, so that it need not be said with every record.
/// Forgetting it costs nothing but saying it again, and since it is forgotten every hour, a store that was restored behind our back is whole again soon.
/// </summary>
internal sealed class UsageMemory(TokenUsageManagerOptions options)
{
    private volatile Hour _hour = new(0);

    public UsageCalendar Calendar { get; } = new(TimeZoneInfo.FindSystemTimeZoneById(options.ReportingTimeZone));

    public PriceTable Prices { get; } = new(options.Prices);

    public TimeSpan DetailRetention { get; } = options.DetailRetention;

    /// <summary>Whether the tenant's reporting time zone was found to be ours.</summary>
    public bool IsZoneKnown(string tenant, DateTimeOffset now) => At(now).Zones.ContainsKey(tenant);

    public void KnowZone(string tenant, DateTimeOffset now) => At(now).Zones.TryAdd(tenant, default);

    /// <summary>Whether the keys of a day that users share have their expiry, and the tenant is registered.</summary>
    public bool IsDayKnown(string tenant, int partition, DateOnly day, DateTimeOffset now) => At(now).Days.ContainsKey((tenant, partition, day.DayNumber));

    public void KnowDay(string tenant, int partition, DateOnly day, DateTimeOffset now) => At(now).Days.TryAdd((tenant, partition, day.DayNumber), default);

    private Hour At(DateTimeOffset now)
    {
        var number = now.UtcTicks / TimeSpan.TicksPerHour;
        var hour = _hour;
        return hour.Number == number ? hour : _hour = new(number);
    }

    private sealed record Hour(long Number)
    {
        public ConcurrentDictionary<string, byte> Zones { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<(string Tenant, int Partition, int Day), byte> Days { get; } = new();
    }
}
