namespace BluePlan.State.Conformance;

/// <summary>Names that hosts may bring, and names that no call takes.</summary>
internal static class HostNames
{
    /// <summary>Every one of them is a good name, up to the longest: 384 bytes, also where each is escaped. None twice.</summary>
    public static readonly IReadOnlyList<string> Good = [.. HostileNames.Short, new('x', 384), new string('x', 383) + 'y', new('字', 128), new('/', 384), new('%', 384), new('\0', 384)];

    /// <summary>None of them is.</summary>
    public static readonly IReadOnlyList<string?> Bad = [null, "", new('x', 385), new('字', 129), new('x', 10_000), "half \uD83D of one", "\uDC00"];
}
