using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BluePlan.State;

/// <summary>The names under which the library reports to OpenTelemetry and every other listener. They are contract: dashboards are built on them.</summary>
/// <remarks>Nothing is measured while nobody listens. No tag ever holds a key, an id or content.</remarks>
public static class StateTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/> and of the <see cref="System.Diagnostics.Metrics.Meter"/>: <c>BluePlan.State</c>.</summary>
    public const string SourceName = "BluePlan.State";

    /// <summary>Histogram, in seconds: how long a call to the store took. Tags: <see cref="ProviderTag"/>, <see cref="OperationTag"/>, <see cref="OutcomeTag"/>.</summary>
    public const string CallDuration = "blueplan.state.call.duration";

    /// <summary>Counter: expired things that maintenance took out of listings. Tag: <see cref="JobTag"/>.</summary>
    public const string SweptItems = "blueplan.state.maintenance.swept";

    /// <summary>Histogram, in seconds: how long callers waited for a lock. Tag: <see cref="OutcomeTag"/>: <c>ok</c>, <c>timeout</c>, <c>cancelled</c>, or the type of the exception.</summary>
    public const string LockWait = "blueplan.state.lock.wait";

    /// <summary>Counter: locks that were lost while they were held.</summary>
    public const string LostLockItems = "blueplan.state.lock.lost";

    /// <summary>The provider's name, for instance <c>file</c>.</summary>
    public const string ProviderTag = "blueplan.state.provider";

    /// <summary><c>open</c>, <c>commit</c>, <c>read</c> or <c>import</c>.</summary>
    public const string OperationTag = "blueplan.state.operation";

    /// <summary><c>ok</c>, <c>conflict</c>, <c>cancelled</c>, or the type of the exception.</summary>
    public const string OutcomeTag = "blueplan.state.outcome";

    /// <summary>How many operations or questions a call had.</summary>
    public const string ItemsTag = "blueplan.state.items";

    /// <summary>Which maintenance job.</summary>
    public const string JobTag = "blueplan.state.job";

    internal static readonly ActivitySource Source = new(SourceName);
    internal static readonly Meter Meter = new(SourceName);
    internal static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(CallDuration, "s", "How long calls to the store took.");
    internal static readonly Histogram<double> LockWaits = Meter.CreateHistogram<double>(LockWait, "s", "How long callers waited for a lock.");
    internal static readonly Counter<long> LostLocks = Meter.CreateCounter<long>(LostLockItems, "{lock}", "Locks that were lost while they were held.");
    internal static readonly Counter<long> Swept = Meter.CreateCounter<long>(SweptItems, "{item}", "What maintenance swept.");
}
