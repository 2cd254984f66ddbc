namespace BluePlan.State.Storage;

/// <summary>What a provider offers beyond commits and reads. What it does not declare it refuses with <see cref="NotSupportedException"/>.</summary>
[Flags]
public enum StateCapabilities
{
    /// <summary>Commits and reads only.</summary>
    None = 0,

    /// <summary><see cref="IStateProvider.ExportAsync"/>.</summary>
    Export = 1,

    /// <summary><see cref="IStateProvider.ImportAsync"/>.</summary>
    Import = 2,

    /// <summary>An import that replaces the store happens whole or not at all: after a failure in its middle the store is as it was.</summary>
    AtomicReplace = 4,

    /// <summary>An export shows each partition as of one instant. Without this flag, each key as of one instant.</summary>
    ConsistentExport = 8,

    /// <summary><see cref="IStateProvider.WatchAsync"/> and <see cref="NotifyWatchers"/>.</summary>
    Watch = 16,

    /// <summary>What was acknowledged outlives the process.</summary>
    Durable = 32,

    /// <summary>Several processes may use the store at once.</summary>
    Shared = 64,

    /// <summary><see cref="IncrementWithin"/> and <see cref="ReplaceField"/>.</summary>
    FieldConditions = 128,

    /// <summary><see cref="StateOpenMode.ReadOnly"/>.</summary>
    ReadOnlyOpen = 256,

    /// <summary><see cref="LogContent.Revision"/> and <see cref="TailRead"/>.</summary>
    LogRevisions = 512,

    /// <summary>
    /// <see cref="PageRead"/>. Without this flag, <see cref="StateProviderExtensions.ReadPageAsync"/> reads the index and
    /// then the documents.
    /// </summary>
    PageReads = 1024,
}
