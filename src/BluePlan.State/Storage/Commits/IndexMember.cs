using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>A member of an index. Equal scores are ordered by the UTF-8 bytes of the member.</summary>
/// <param name="Member">Well-formed text of 1 to 4,096 bytes in UTF-8.</param>
/// <param name="Score">Within ±(2^53 − 1).</param>
public readonly record struct IndexMember(string Member, long Score) : IComparable<IndexMember>
{
    /// <summary>The order of an index: by score, then by the UTF-8 bytes of the member.</summary>
    public int CompareTo(IndexMember other) => Score.CompareTo(other.Score) is var order and not 0 ? order : CompareUtf8(Member, other.Member);

    /// <summary>Whether it comes first.</summary>
    public static bool operator <(IndexMember left, IndexMember right) => left.CompareTo(right) < 0;

    /// <summary>Whether it comes last.</summary>
    public static bool operator >(IndexMember left, IndexMember right) => left.CompareTo(right) > 0;

    /// <summary>Whether it comes first or is the same.</summary>
    public static bool operator <=(IndexMember left, IndexMember right) => left.CompareTo(right) <= 0;

    /// <summary>Whether it comes last or is the same.</summary>
    public static bool operator >=(IndexMember left, IndexMember right) => left.CompareTo(right) >= 0;

    // UTF-8 orders by code point. UTF-16 does too, but for surrogates: they stand for code points above all others, yet sort below U+E000 to U+FFFF.
    private static int CompareUtf8(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length) return left.Length.CompareTo(right.Length);
        var (a, b) = (left[common], right[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Score = {Score}");
        return true;
    }
}
