using System.Globalization;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>A place in a listing as text that fits a URL: the last conversation of a page, with its score then.</summary>
internal static class HistoryCursor
{
    public static string Write(IndexMember last) => string.Create(CultureInfo.InvariantCulture, $"{last.Score}.{last.Member}");

    /// <exception cref="ArgumentException">It is not what a page said.</exception>
    public static IndexMember? Read(string? after)
    {
        if (after is null) return null;
        var dot = after.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(after.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var score)
            && StateId.IsId(after[(dot + 1)..])
            ? new(after[(dot + 1)..], score)
            : throw new ArgumentException("It is not what a page of this listing said.", nameof(after));
    }
}
