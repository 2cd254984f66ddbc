namespace BluePlan.State.Conformance;

/// <summary>Names that hosts may bring, and names that no call takes.</summary>
internal static class HostNames
{
    /// <summary>Every one of them is a good name.</summary>
    public static readonly IReadOnlyList<string> Good =
        ["..", "../x", "/", "//", "%2F", "%", "%25", "{}", "{a}", "*", "?", "[a]", "a\nb", "a\r\nb", "a\0b", "\0", "😀", " ", "default", "null", "-1", new('x', 384), "__proto__", "a/b", "a%2Fb", "é", "e\u0301", "A", "a"];

    /// <summary>None of them is.</summary>
    public static readonly IReadOnlyList<string?> Bad = [null, "", new('x', 385), new('字', 129), new('x', 10_000), "half \uD83D of one", "\uDC00"];
}
