using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace BluePlan.State;

/// <summary>The rule for names of objects in a target, so narrow that a name can be a path, a URL or a key of any object store.</summary>
internal static class BackupObjectName
{
    private const int MaximumLength = 250;
    private const int MaximumSegment = 100;
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsValid([NotNullWhen(true)] string? name)
    {
        if (name is not { Length: > 0 and <= MaximumLength }) return false;
        foreach (var segment in name.AsSpan().Split('/'))
            if (name.AsSpan(segment) is not { Length: > 0 and <= MaximumSegment } text || text[0] == '.' || text.ContainsAnyExcept(Characters)) return false;
        return true;
    }

    /// <exception cref="ArgumentException">It breaks the rule.</exception>
    public static void Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsValid(name)) throw new ArgumentException($"An object's name is segments of 1 to {MaximumSegment} of a–z, 0–9, '.', '_' and '-', not beginning with '.', parted by '/', at most {MaximumLength} characters together.", nameof(name));
    }
}
