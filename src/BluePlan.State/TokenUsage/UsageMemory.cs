using System.Collections.Concurrent;
using BluePlan.State.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State;

/// <summary>
/// What all tenants of a store share in this process: the settings as they are worked with, and what this process has said or asked within this hour, so that it need not be said with every record.
/// Forgetting it costs nothing but saying it again. It is forgotten every hour and after a restore, so in a store that was restored behind our back what is written to again is whole again soon.
/// </summary>
internal sealed class UsageMemory(TokenUsageManagerOptions options, ILogger? logger = null)
{
    /// <summary>How many keys and tenants are remembered in an hour; then it begins anew.</summary>
    internal const int Most = 100_000;

    /// <summary>How many models are remembered: enough for any host but one that names a model for each user.</summary>
    internal const int MostModels = 32;

    private readonly Lock _learning = new();
    private volatile string[] _models = [];
    private volatile Hour _hour = new(0);
    private int _otherZone;

    public UsageCalendar Calendar { get; } = new(TimeZoneInfo.FindSystemTimeZoneById(options.ReportingTimeZone));

    public PriceTable Prices { get; } = new(options.Prices);

    public ILogger Logger { get; } = logger ?? NullLogger.Instance;

    public TimeSpan DetailRetention { get; } = options.DetailRetention;

    /// <summary>The same settings for another store, of which nothing is known.</summary>
    public UsageMemory Anew() => new(options, Logger);

    /// <summary>Forgets what was said: a restore may have undone it.</summary>
    public void Forget() => _hour = new(0);

    /// <summary>Models that reads have met, of any tenant, to be asked for straight away the next time.</summary>
    public IReadOnlyList<string> Models => _models;

    public void Learn(IEnumerable<string> models)
    {
        string[] unknown = [.. models.Except(_models, StringComparer.Ordinal)];
        if (unknown.Length == 0 || _models.Length == MostModels) return;
        lock (_learning) _models = [.. _models.Union(unknown, StringComparer.Ordinal).Take(MostModels)];
    }

    /// <summary>Whether the tenant's reporting time zone was found to be ours.</summary>
    public bool IsZoneKnown(string tenant, DateTimeOffset now) => At(now).Zones.ContainsKey(tenant);

    /// <summary>Whether it is the first time that a tenant's reporting time zone was found to be another: once is enough in a log.</summary>
    public bool IsFirstOfOtherZone() => Interlocked.Exchange(ref _otherZone, 1) == 0;

    public void KnowZone(string tenant, DateTimeOffset now)
    {
        var hour = At(now);
        hour.Add(hour.Zones, tenant);
    }

    /// <summary>Whether the tenant is registered in a partition.</summary>
    public bool IsKnown((string Tenant, int Partition) tenant, DateTimeOffset now) => At(now).Tenants.ContainsKey(tenant);

    public void Know((string Tenant, int Partition) tenant, DateTimeOffset now)
    {
        var hour = At(now);
        hour.Add(hour.Tenants, tenant);
    }

    /// <summary>Whether a key was given its expiry.</summary>
    public bool IsKnown(StateKey key, DateTimeOffset now) => At(now).Keys.ContainsKey(key);

    public void Know(StateKey key, DateTimeOffset now)
    {
        var hour = At(now);
        hour.Add(hour.Keys, key);
    }

    private Hour At(DateTimeOffset now)
    {
        var number = now.UtcTicks / TimeSpan.TicksPerHour;
        var hour = _hour;
        return hour.Number == number && hour.Count < Most ? hour : _hour = new(number);
    }

    private sealed class Hour(long number)
    {
        private int _count;

        public long Number => number;

        public int Count => Volatile.Read(ref _count);

        public ConcurrentDictionary<string, byte> Zones { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<(string Tenant, int Partition), byte> Tenants { get; } = new();

        public ConcurrentDictionary<StateKey, byte> Keys { get; } = new();

        public void Add<T>(ConcurrentDictionary<T, byte> known, T key) where T : notnull
        {
            if (known.TryAdd(key, 0)) Interlocked.Increment(ref _count);
        }
    }
}
