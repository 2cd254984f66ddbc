using System.Globalization;

namespace BluePlan.State;

/// <summary>Names of fields and members. They are stored, so they never change.</summary>
/// <remarks>
/// <code>
/// in the maps of a day   m/MODEL            totals of the model
///                        q/QUARTER/MODEL    totals of the model in a quarter-hour, see UsageQuarter: seven digits for centuries
///                        s/HANDLE           that a session was there, in a user's map only: its requests
/// in a session's map     m/MODEL            totals of the model
/// in the index of what   m/MODEL            score 2^40
/// was seen on a day      s/USER/HANDLE      score 1
/// </code>
/// Requests without a price have fields of their own, <c>mu/MODEL</c> and <c>qu/QUARTER/MODEL</c>, so that priced and unpriced ones cost a store the same; both together are the model's sum.
/// Every field is a vector, see <see cref="TokenTotals.ToVector"/>. A sum that has no room for more is left as it is and goes on in a field of the next level, <c>m1/MODEL</c>, <c>mu1/MODEL</c> or
/// <c>q1/QUARTER/MODEL</c>, which is seen like the model itself; all levels together are the sum.
/// </remarks>
internal static class UsageFields
{
    /// <summary>The score of a model that was seen. Models come before all sessions, and stay there in the union of hundreds of days, where scores add up: so one read tells the models and counts the sessions.</summary>
    public const long ModelScore = 1L << 40;

    /// <summary>The score of a session that was seen.</summary>
    public const long SessionScore = 1;

    /// <summary>The highest level: with it a sum holds more than the 64 bits that it is read into.</summary>
    public const int MostLevels = 1024;

    public static string Model(string model, bool isUnpriced = false, int level = 0) =>
        level == 0 ? (isUnpriced ? "mu/" : "m/") + model : string.Create(CultureInfo.InvariantCulture, $"{(isUnpriced ? "mu" : "m")}{level}/{model}");

    public static string Session(string handle) => "s/" + handle;

    public static string Session(string userId, string handle) => "s/" + KeyText.Join(userId, handle);

    public static string Quarter(long quarter, string model, bool isUnpriced = false, int level = 0)
    {
        var kind = isUnpriced ? "qu" : "q";
        return level == 0 ? string.Create(CultureInfo.InvariantCulture, $"{kind}/{quarter}/{model}") : string.Create(CultureInfo.InvariantCulture, $"{kind}{level}/{quarter}/{model}");
    }

    public static bool IsModel(string field) => field.StartsWith('m');

    public static bool IsSession(string field) => field.StartsWith('s');

    public static bool IsQuarter(string field) => field.StartsWith('q');

    /// <summary>Whether a model's or quarter-hour's field holds requests without a price.</summary>
    public static bool IsUnpriced(string field) => field.Length > 1 && field[1] == 'u';

    /// <summary>The model of <c>m/MODEL</c>, on any level.</summary>
    public static string ModelOf(string field) => field[(field.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The parts of <c>q/QUARTER/MODEL</c>, on any level; false when it is another field.</summary>
    public static bool TryReadQuarter(string field, out long quarter, out string model)
    {
        (quarter, model) = (0, "");
        if (!IsQuarter(field)) return false;
        var start = field.IndexOf('/', StringComparison.Ordinal) + 1;
        if (field.IndexOf('/', start) is var slash && (slash <= start || !long.TryParse(field.AsSpan(start, slash - start), NumberStyles.None, CultureInfo.InvariantCulture, out quarter))) return false;
        model = field[(slash + 1)..];
        return true;
    }
}
