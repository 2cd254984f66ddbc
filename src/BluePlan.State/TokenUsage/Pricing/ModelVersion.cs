namespace BluePlan.State;

/// <summary>Tells whether what follows a model's name names a version of that model, so that the model's price holds for it too.</summary>
/// <remarks>
/// A version is a sequence of these parts, each after <c>-</c>, <c>@</c> or <c>:</c>. Everything else names another model: <c>-mini</c>, <c>-4</c>, <c>.1</c>, <c>-preview</c>, <c>-8b</c>, <c>:free</c>.
/// <code>
/// a date      2024-08-06  20241022  240515  2024-07  05-20  09-2025  0613 (month and day)  2407 (year and month)
/// a release   001 (three digits, the first is 0), v1; v2 and up only beside a date, since they name generations elsewhere
/// a revision  :0 (one digit)
/// a pointer   latest, and @default
/// </code>
/// </remarks>
internal static class ModelVersion
{
    private const string Separators = "-@:";
    private const int MostParts = 8;
    private const int FirstYear = 20;

    /// <param name="suffix">What follows the model's name, with its separator.</param>
    public static bool IsVersion(ReadOnlySpan<char> suffix)
    {
        Span<Range> parts = stackalloc Range[MostParts];
        if (!TrySplit(suffix, parts, out var count)) return false;
        var (isDated, needsDate) = (false, false);
        for (var i = 0; i < count;)
        {
            var part = suffix[parts[i]];
            if (Dates(suffix, parts[i..count]) is var date and > 0)
            {
                isDated = true;
                i += date;
                continue;
            }
            if (IsGeneration(part, out var isFirst)) needsDate |= !isFirst;
            else if (!IsPointer(part) && !IsRevision(part) && !IsRelease(part)) return false;
            i++;
        }
        return isDated || !needsDate;
    }

    /// <summary>Cuts before each separator, so that each part begins with its own.</summary>
    private static bool TrySplit(ReadOnlySpan<char> suffix, Span<Range> parts, out int count)
    {
        count = 0;
        if (suffix.Length < 2 || !Separators.Contains(suffix[0], StringComparison.Ordinal)) return false;
        for (var start = 0; start < suffix.Length; count++)
        {
            var length = suffix[(start + 1)..].IndexOfAny(Separators) is var next and >= 0 ? next + 1 : suffix.Length - start;
            if (count == parts.Length || length == 1) return false;
            parts[count] = start..(start + length);
            start += length;
        }
        return true;
    }

    /// <summary>How many parts are one date, from the first on.</summary>
    private static int Dates(ReadOnlySpan<char> suffix, ReadOnlySpan<Range> parts)
    {
        var first = Number(suffix[parts[0]]);
        var second = parts.Length > 1 ? Number(suffix[parts[1]]) : default;
        var third = parts.Length > 2 ? Number(suffix[parts[2]]) : default;
        return (first.Digits, second.Digits, third.Digits) switch
        {
            (4, 2, 2) when IsYear(first.Value) && IsMonth(second.Value) && IsDay(third.Value) => 3,
            (4, 2, _) when IsYear(first.Value) && IsMonth(second.Value) => 2,
            (2, 4, _) when IsMonth(first.Value) && IsYear(second.Value) => 2,
            (2, 2, _) when IsMonth(first.Value) && IsDay(second.Value) => 2,
            (8, _, _) when IsYear(first.Value / 10_000) && IsMonth(first.Value / 100 % 100) && IsDay(first.Value % 100) => 1,
            (6, _, _) when first.Value / 10_000 >= FirstYear && IsMonth(first.Value / 100 % 100) && IsDay(first.Value % 100) => 1,
            (4, _, _) when IsMonth(first.Value / 100) && IsDay(first.Value % 100) => 1,
            (4, _, _) when first.Value / 100 >= FirstYear && IsMonth(first.Value % 100) => 1,
            _ => 0,
        };
    }

    private static bool IsYear(int number) => number / 100 == 20 && number % 100 >= FirstYear;

    private static bool IsMonth(int number) => number is >= 1 and <= 12;

    private static bool IsDay(int number) => number is >= 1 and <= 31;

    private static bool IsGeneration(ReadOnlySpan<char> part, out bool isFirst)
    {
        isFirst = part is ['-', 'v' or 'V', '1'];
        return part is ['-', 'v' or 'V', >= '1' and <= '9'];
    }

    private static bool IsPointer(ReadOnlySpan<char> part) =>
        part[1..].Equals("latest", StringComparison.OrdinalIgnoreCase) || part.Equals("@default", StringComparison.OrdinalIgnoreCase);

    private static bool IsRevision(ReadOnlySpan<char> part) => part is [':', >= '0' and <= '9'];

    private static bool IsRelease(ReadOnlySpan<char> part) => part is ['-' or '@', '0', >= '0' and <= '9', >= '0' and <= '9'];

    /// <summary>A part of digits after a dash or an at sign; no digits when it is something else.</summary>
    private static (int Digits, int Value) Number(ReadOnlySpan<char> part)
    {
        if (part.Length > 9 || part[0] is ':' || part[1..].ContainsAnyExceptInRange('0', '9')) return default;
        var value = 0;
        foreach (var digit in part[1..]) value = 10 * value + (digit - '0');
        return (part.Length - 1, value);
    }
}
