using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// All settings of a store in one tree, with room for one configuration section, see <see cref="BluePlanStateBuilder.BindConfiguration"/>. Checked when the app starts, every fault listed at once.
/// </summary>
public sealed class BluePlanStateOptions
{
    private static readonly TimeSpan MostUpdateTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Gets or sets the number of partitions: a power of two from 1 to 1,024. If <c>null</c>, which is the default, an
    /// existing store keeps its number, and a new store gets <see cref="StateOpenOptions.DefaultPartitionCount"/>. The
    /// number is fixed when a store is created: a store with another one is refused.
    /// </summary>
    public int? PartitionCount { get; set; }

    /// <summary>
    /// Gets or sets what opening the store may do. The default is <see cref="StateOpenMode.Create"/>. With
    /// <see cref="StateOpenMode.ExistingOnly"/>, an app that names a wrong directory or key prefix does not start.
    /// </summary>
    public StateOpenMode OpenMode { get; set; }

    /// <summary>
    /// Gets or sets whether the store is opened before the app's services start. The default is <c>true</c>. A store that does not match the settings stops the app; one that cannot be reached is opened by the first
    /// call that reaches it.
    /// </summary>
    public bool OpenOnStart { get; set; } = true;

    /// <summary>
    /// How long an update is repeated while writers of other processes are first, until it fails with <see cref="StateConflictException"/>: more than zero and at most 10 minutes; 10 seconds by default. Updates of one process
    /// take turns for each key and do not count.
    /// </summary>
    public TimeSpan UpdateTimeout { get; set; } = OptimisticUpdates.DefaultLimit;

    /// <summary>The file provider, when the store is on files. A relative directory lies under the content root.</summary>
    public FileStateOptions File { get; } = new();

    /// <summary>Sessions.</summary>
    public SessionManagerOptions Sessions { get; } = new();

    /// <summary>Conversations.</summary>
    public HistoryManagerOptions History { get; } = new();

    /// <summary>Token accounting.</summary>
    public TokenUsageManagerOptions TokenUsage { get; } = new();

    /// <summary>Configuration.</summary>
    public ConfigManagerOptions Config { get; } = new();

    /// <summary>Locks.</summary>
    public LockManagerOptions Locks { get; } = new();

    /// <summary>Hosted maintenance.</summary>
    public MaintenanceOptions Maintenance { get; } = new();

    /// <summary>A sentence for every setting that is out of range.</summary>
    internal IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (PartitionCount is { } count && (count is < 1 or > StateLimits.MaximumPartitions || !int.IsPow2(count)))
            faults.Add($"{nameof(PartitionCount)} is {count}; it must be a power of two from 1 to {StateLimits.MaximumPartitions}.");
        if (!Enum.IsDefined(OpenMode)) faults.Add($"{nameof(OpenMode)} is {OpenMode}; it must be one of {string.Join(", ", Enum.GetNames<StateOpenMode>())}.");
        if (UpdateTimeout <= TimeSpan.Zero || UpdateTimeout > MostUpdateTimeout) faults.Add($"{nameof(UpdateTimeout)} is {UpdateTimeout}; it must be more than zero and at most {MostUpdateTimeout}.");
        File.Validate(nameof(File), faults);
        Sessions.Validate(nameof(Sessions), faults);
        History.Validate(nameof(History), faults);
        TokenUsage.Validate(nameof(TokenUsage), faults);
        Config.Validate(nameof(Config), faults);
        Locks.Validate(nameof(Locks), faults);
        Maintenance.Validate(nameof(Maintenance), faults);
        return faults;
    }
}
