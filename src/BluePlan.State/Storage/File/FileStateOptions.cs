using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Settings of the file provider.</summary>
public sealed class FileStateOptions
{
    /// <summary>The directory that the store has for itself, relative to the process's current directory or absolute; <c>data</c> by default. It is made when it is missing.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>
    /// Gets or sets whether the directory must be private: owned by the user of this process or the administrator, and writable by nobody else. <c>true</c> by default.
    /// </summary>
    /// <remarks>
    /// <para>A directory that is made is private (mode 0700). One that others can write to (mode 0770, 0777, …) or that another user owns is refused when it is opened, and so are such files in it.</para>
    /// <para>For a volume that others can write to, such as one with an <c>fsGroup</c> in Kubernetes, name a directory inside it. Set this to <c>false</c> where permissions are not kept, or are set anew at each
    /// mount. Links in the directory are not followed in either case. On Windows this has no effect: the directory inherits its access list.</para>
    /// </remarks>
    public bool RequirePrivateDirectory { get; set; } = true;

    /// <summary>
    /// Gets or sets how long opening waits while another process has the directory, for example the former process of an
    /// app that restarts: from zero, which does not wait, to one hour; 30 seconds by default.
    /// </summary>
    /// <remarks>
    /// A host that recycles processes (IIS, blue-green deployment) starts the new one while the old one still ends. An
    /// app that opens its store at its start starts only when the old process has closed it, or after this time, and
    /// then its calls try again. Opening with <see cref="StateOpenMode.ReadOnly"/> never waits.
    /// </remarks>
    public TimeSpan OwnerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When a commit is acknowledged; <see cref="FileDurability.Always"/> by default.</summary>
    public FileDurability Durability { get; set; } = FileDurability.Always;

    /// <summary>How often <see cref="FileDurability.Interval"/> flushes to disk: from 10 milliseconds to one hour; one second by default.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How much journal makes a checkpoint due, in bytes: from 1 MiB to 1 TiB; 256 MiB by default. More makes opening slower, less writes the whole state more often. A store whose
    /// last snapshot was bigger waits for as much journal as that. So the disk holds, beside the last snapshot and the one that is being written, at most twice the greater of the two in journal, as long as snapshots
    /// are written no slower than commits come.
    /// </summary>
    public long CheckpointBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long a segment of the journal grows, about.</summary>
    internal long SegmentBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How much a store has on disk at most to be built in memory while it is opened, where nobody notices the difference; a bigger one is built afterwards.</summary>
    internal long SmallBytes { get; set; } = 1024 * 1024;

    internal FileStateOptions Copy() => (FileStateOptions)MemberwiseClone();

    internal void Validate(string path, ICollection<string> faults)
    {
        if (string.IsNullOrWhiteSpace(Directory) || Directory.Contains('\0', StringComparison.Ordinal)) faults.Add($"{path}.{nameof(Directory)} is '{Directory}'; it must name a directory.");
        if (OwnerTimeout < TimeSpan.Zero || OwnerTimeout > TimeSpan.FromHours(1)) faults.Add($"{path}.{nameof(OwnerTimeout)} is {OwnerTimeout}; it must be from zero to one hour.");
        if (Durability is < FileDurability.Always or > FileDurability.OperatingSystem) faults.Add($"{path}.{nameof(Durability)} is {Durability}; it must be {FileDurability.Always}, {FileDurability.Interval} or {FileDurability.OperatingSystem}.");
        if (FlushInterval < TimeSpan.FromMilliseconds(10) || FlushInterval > TimeSpan.FromHours(1)) faults.Add($"{path}.{nameof(FlushInterval)} is {FlushInterval}; it must be from 10 milliseconds to one hour.");
        if (CheckpointBytes is < 1L << 20 or > 1L << 40) faults.Add($"{path}.{nameof(CheckpointBytes)} is {CheckpointBytes:N0}; it must be from 1 MiB to 1 TiB.");
    }
}
