using System.Globalization;

namespace BluePlan.State.Storage;

/// <summary>The names of a store's files. None comes from anybody's input.</summary>
internal static class StoreNames
{
    public const string Marker = "store.marker";
    public const string Lock = "store.lock";
    public const string Owner = "store.owner";
    public const string Replacement = "replacement";
    public const string Temporary = ".tmp";

    private const string SegmentPrefix = "journal-";
    private const string SegmentSuffix = ".bpj";
    private const string SnapshotPrefix = "snapshot-";
    private const string SnapshotSuffix = ".bps";

    public static string Segment(long number) => string.Create(CultureInfo.InvariantCulture, $"{SegmentPrefix}{number:x16}{SegmentSuffix}");

    public static string Snapshot(long segmentNumber) => string.Create(CultureInfo.InvariantCulture, $"{SnapshotPrefix}{segmentNumber:x16}{SnapshotSuffix}");

    public static bool IsSegment(string name, out long number) => TryParse(name, SegmentPrefix, SegmentSuffix, out number);

    public static bool IsSnapshot(string name, out long segmentNumber) => TryParse(name, SnapshotPrefix, SnapshotSuffix, out segmentNumber);

    /// <summary>Whether it is a segment of a journal or a snapshot.</summary>
    public static bool IsOfStore(string name) => IsSegment(name, out _) || IsSnapshot(name, out _);

    /// <summary>Whether it is what an interrupted write or deletion leaves: it is not part of the store.</summary>
    public static bool IsLeftOver(string name) => name is Marker + Temporary or Replacement + Temporary || (name.EndsWith(Temporary, StringComparison.Ordinal) && (IsSnapshot(name[..^Temporary.Length], out _) || IsSegment(name[..^Temporary.Length], out _)));

    private static bool TryParse(string name, string prefix, string suffix, out long number)
    {
        number = 0;
        return name.Length == prefix.Length + 16 + suffix.Length && name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(prefix.Length, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number > 0;
    }
}
