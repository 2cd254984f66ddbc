namespace BluePlan.State.Tests;

/// <summary>Who may know whom. A room is a folder of the core with what lies beneath it; the root is two: what all managers stand on, and what puts the managers together.</summary>
internal static class Rooms
{
    private const string Contract = "Storage", Format = "Storage/Format", Memory = "Storage/InMemory", File = "Storage/File", Disk = "Storage/File/FileSystem", Root = "", Composition = "(composition)";

    // What puts the managers together, and what runs over all of them.
    private static readonly Type[] Composed = [typeof(BluePlanState), typeof(IBluePlanState), typeof(BluePlanStateOptions), typeof(MaintenanceService), typeof(MaintenanceReport), typeof(MaintenanceOptions)];

    private static readonly string[] Ground = [Root, Contract, "Codec", "Identity", "Schema", "Exceptions", "Diagnostics", "Maintenance", "Kernel"];

    /// <summary>Each room with the rooms that it may know beside itself.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> MayKnow = new Dictionary<string, string[]>
    {
        ["Exceptions"] = [],
        [Contract] = ["Exceptions"],
        [Format] = [Contract, "Exceptions"],
        [Memory] = [Contract, Format, "Exceptions", "Diagnostics"],
        [File] = [Contract, Format, Memory, Disk, "Exceptions", "Diagnostics"],
        [Disk] = [],
        ["Codec"] = ["Exceptions"],
        ["Identity"] = [],
        ["Schema"] = [Contract, "Identity"],
        ["Diagnostics"] = [Contract, "Exceptions"],
        ["Maintenance"] = [Root, Contract, "Identity", "Schema", "Exceptions", "Diagnostics"],
        // What every manager runs on: it knows the scope, which carries it.
        ["Kernel"] = [Root, Contract, "Exceptions"],
        [Root] = [Contract, "Codec", "Identity", "Schema", "Exceptions", "Kernel"],
        ["Sessions"] = Ground,
        ["History"] = Ground,
        ["TokenUsage"] = Ground,
        ["Config"] = Ground,
        ["Store"] = Ground,
        ["Locking"] = Ground,
        // Backups speak the one format of records, prove themselves by a restore into memory, and in a directory are as safe and durable as the file store.
        ["Backups"] = [.. Ground, Format, Memory, Disk],
        [Composition] = [.. Ground, "Sessions", "History", "TokenUsage", "Config", "Store", "Locking", "Backups"],
        ["DependencyInjection"] = [.. Ground, Composition, Memory, File, "Sessions", "History", "TokenUsage", "Config", "Store", "Locking", "Backups"],
    };

    /// <summary>Single types that may be known beyond that, with the reason.</summary>
    public static readonly IReadOnlyDictionary<(string Room, string Type), string> Exceptions = new Dictionary<(string Room, string Type), string>
    {
        [("Codec", "StateKey")] = "names the value in what it throws, and binds what it will encrypt to its place",
        [("Codec", "StateShape")] = "a value's place is a document, an entry of a log, or a field of a map",
        [("Codec", "StateText")] = "what is well-formed is said once, for names and for texts",
        [("Identity", "StateText")] = "the check of names is that of the contract, with a shorter limit",
        [("Schema", "StateParts")] = "the parts of a store are what hosts choose from when they restore",
        [(Composition, "FileStateOptions")] = "all options are one tree, so that one section of the configuration binds them",
        [("Backups", "UsagePosting")] = "usage that waits to be posted stays together with its sums in what is backed up and restored",
        [("Backups", "UsageKeys")] = "for the key of what waits",
        [("Backups", "UsageAudience")] = "and says whose sums a restore must find whole",
        [("Backups", "PendingUsage")] = "and comes back for one user without touching what is everyone's",
        [(Composition, "FileStateOptions")] = "the settings of the default provider stand in the one tree that hosts bind",
    };

    public static string Of(Type type)
    {
        if (Composed.Contains(type)) return Composition;
        var folder = SourceTree.Folder(type);
        return new[] { Format, Memory, Disk, File }.FirstOrDefault(room => folder == room || folder.StartsWith(room + "/", StringComparison.Ordinal)) ?? folder.Split('/')[0];
    }
}
