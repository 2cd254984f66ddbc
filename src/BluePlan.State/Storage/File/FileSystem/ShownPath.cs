namespace BluePlan.State.Storage;

/// <summary>A path as messages and logs show it: directories that are named by an e-mail address, as home and per-user directories are, are left out.</summary>
internal static class ShownPath
{
    private const string LeftOut = "…";

    /// <summary>The path with every such segment left out.</summary>
    public static string Of(string path) => !path.Contains('@', StringComparison.Ordinal) ? path
        : string.Join('/', path.Split('/').Select(static segment => segment.Contains('@', StringComparison.Ordinal) ? string.Join('\\', segment.Split('\\').Select(static s => s.Contains('@', StringComparison.Ordinal) ? LeftOut : s)) : segment));
}
