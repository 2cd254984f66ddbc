using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>What the members of the managers' indexes look like. One that looks otherwise was not written by this version: restores refuse it, listings pass over it, and maintenance removes it from the housekeeping.</summary>
internal static class StateMember
{
    // Room for what is added to a time and for every zone, at both ends of the calendar.
    private static readonly long Earliest = new DateTimeOffset(3, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly long Latest = new DateTimeOffset(9997, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The members of a user's listing under which nothing can be stored, so that they are removed from the listing when all that it lists is deleted.</summary>
    public static string[] NoKeys(IReadOnlyList<IndexMember> members) => [.. members.Where(static m => !StateName.IsValid(m.Member)).Select(static m => m.Member)];

    /// <summary>The handle of a session.</summary>
    public static bool IsHandle(IndexMember member) => StateId.IsHash(member.Member);

    /// <summary>An id, with a time in Unix milliseconds.</summary>
    public static bool IsDatedId(IndexMember member) => StateId.IsId(member.Member) && IsTime(member.Score);

    /// <summary>A name that a caller brought.</summary>
    public static bool IsName(IndexMember member) => StateName.IsValid(member.Member);

    /// <summary>A name that a caller brought, with a time in Unix milliseconds that was turned round.</summary>
    public static bool IsNameByNewest(IndexMember member) => StateName.IsValid(member.Member) && IsTime(-member.Score);

    /// <summary>A tenant, with the number of a day.</summary>
    public static bool IsDatedTenant(IndexMember member) => member.Score >= 0 && member.Score <= DateOnly.MaxValue.DayNumber && IsJoined(member.Member, 2, int.MaxValue);

    /// <summary>A tenant, a user, and the handle of a session.</summary>
    public static bool IsOwnedHandle(IndexMember member) => IsJoined(member.Member, 3, 3) && StateId.IsHash(KeyText.Split(member.Member)[2]);

    /// <summary>A tenant, and two names: a user with an id, or a category with a key.</summary>
    public static bool IsOwnedName(IndexMember member) => IsJoined(member.Member, 3, 3) && KeyText.Split(member.Member)[2].Length > 0;

    /// <summary>A name that a caller brought, with counters of which one is a time in Unix milliseconds.</summary>
    public static bool IsDated(string field, MapValue value, int counters, int time) =>
        StateName.IsValid(field) && value.IsCounters && value.Counters.Length >= counters && IsTime(value.Counters.Span[time]);

    /// <summary>Whether a number can be a time in Unix milliseconds.</summary>
    public static bool IsTime(long milliseconds) => milliseconds >= Earliest && milliseconds <= Latest;

    /// <summary>Whether a text is the tenant and other names, as <see cref="KeyText"/> joins them. The tenant may be empty; so may the last part.</summary>
    private static bool IsJoined(string text, int least, int most)
    {
        var parts = KeyText.Split(text);
        return parts.Length >= least && parts.Length <= most && KeyText.Join(parts) == text
            && parts.Index().All(part => part.Item.Length == 0 ? part.Index == 0 || part.Index == parts.Length - 1 : StateName.IsValid(part.Item));
    }
}
