using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>A counted request that waits to be posted to its sums: a member of the partition's index of these, with the time in Unix milliseconds as its score.</summary>
/// <remarks>
/// What a member looks like is stored, so it never changes. The first seven parts are <see cref="KeyText"/>, the last one is the rest, whatever it holds:
/// <code>
/// TENANT/USER/SCOPE/DAY/HOUR/SESSION/NUMBERS/LENGTH:REQUESTMODEL
///
/// SCOPE    a = everyone's sums too, u = the user's own only
/// DAY      the number of the day, of the tenant's reporting time zone
/// HOUR     in which it was recorded, since 1970: so the same request id, which may come again a day later at the earliest, waits beside the first
/// SESSION  the session's handle, empty when there is none
/// NUMBERS  the vector of the totals, in decimal, with commas between
/// LENGTH   of the request id, in UTF-16 units; the model's name follows it
/// </code>
/// Together they stay within the 4,096 bytes of a member, also when every character is escaped.
/// </remarks>
internal sealed record PendingUsage(string Tenant, string UserId, string RequestId, string Model, string? Session, DateOnly Day, long Hour, long At, TokenTotals Totals)
{
    private const int Parts = 8;
    private const string ForAll = "a";
    private const string OnlyOwn = "u";

    /// <summary>Whether everyone's sums have it already, or never had it: it came back with a user's other data.</summary>
    public bool IsOnlyOwn { get; init; }

    public IndexMember ToMember() => new(
        string.Create(CultureInfo.InvariantCulture, $"{KeyText.Escape(Tenant)}/{KeyText.Escape(UserId)}/{(IsOnlyOwn ? OnlyOwn : ForAll)}/{Day.DayNumber}/{Hour}/{Session}/{string.Join(',', Totals.ToVector())}/{RequestId.Length}:{RequestId}{Model}"), At);

    /// <returns>False when the member is not one of these.</returns>
    public static bool TryParse(IndexMember member, [NotNullWhen(true)] out PendingUsage? usage)
    {
        usage = null;
        var parts = member.Member.Split('/', Parts);
        if (parts.Length < Parts || parts[2] is not (ForAll or OnlyOwn) || !StateMember.IsTime(member.Score)) return false;
        if (!int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var day) || !IsDayOf(day, member.Score)) return false;
        if (!long.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var hour) || !TryReadVector(parts[6], out var vector)) return false;
        var colon = parts[7].IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !int.TryParse(parts[7].AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length == 0 || length >= parts[7].Length - colon - 1) return false;
        var (tenant, user, request, model, session) = (KeyText.Unescape(parts[0]), KeyText.Unescape(parts[1]), parts[7].Substring(colon + 1, length), parts[7][(colon + 1 + length)..], parts[5]);
        if ((tenant.Length > 0 && !StateName.IsValid(tenant)) || !StateName.IsValid(user) || !StateName.IsValid(request) || !StateName.IsValid(model) || (session.Length > 0 && !StateId.IsHash(session))) return false;
        usage = new(tenant, user, request, model, session.Length == 0 ? null : session, DateOnly.FromDayNumber(day), hour, member.Score, TokenTotals.FromVector(vector))
        {
            IsOnlyOwn = parts[2] is OnlyOwn,
        };
        return true;
    }

    /// <summary>Whether an instant lies in the day, in some time zone.</summary>
    private static bool IsDayOf(int day, long milliseconds) =>
        Math.Abs(day - DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime).DayNumber) <= 1;

    private static bool TryReadVector(string text, out long[] vector)
    {
        var numbers = text.Split(',');
        vector = new long[numbers.Length];
        if (numbers.Length > StateLimits.MaximumVectorLength) return false;
        for (var i = 0; i < numbers.Length; i++)
            if (!long.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out vector[i]) || vector[i] > StateLimits.MaximumNumber) return false;
        return true;
    }
}
