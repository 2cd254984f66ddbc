using System.Globalization;

namespace BluePlan.State;

/// <summary>Names of fields and members. They are stored, so they never change.</summary>
/// <remarks>
/// <code>
/// in the maps of a day   m/MODEL            totals of the model
///                        q/QUARTER/MODEL    totals of the model in a quarter-hour, see UsageQuarter: seven digits for centuries
///                        s/HANDLE           totals of a session, in a user's map only
/// in a session's map     m/MODEL            totals of the model
/// in the index of what   m/MODEL            score 2^40
/// was seen on a day      s/USER/HANDLE      score 1
/// </code>
/// Every field is a vector, see <see cref="TokenTotals.ToVector"/>.
/// </remarks>
internal static class UsageFields
{
    /// <summary>The score of a model that was seen. Models come before all sessions, and stay there in the union of hundreds of days, where scores add up: so one read tells the models and counts the sessions.</summary>
    public const long ModelScore = 1L << 40;

    /// <summary>The score of a session that was seen.</summary>
    public const long SessionScore = 1;

    public static string Model(string model) => "m/" + model;

    public static string Session(string handle) => "s/" + handle;

    public static string Session(string userId, string handle) => "s/" + KeyText.Join(userId, handle);

    public static string Quarter(long quarter, string model) => string.Create(CultureInfo.InvariantCulture, $"q/{quarter}/{model}");

    public static bool IsModel(string field) => field.StartsWith("m/", StringComparison.Ordinal);

    public static bool IsSession(string field) => field.StartsWith("s/", StringComparison.Ordinal);

    public static bool IsQuarter(string field) => field.StartsWith("q/", StringComparison.Ordinal);

    /// <summary>The model of <c>m/MODEL</c>.</summary>
    public static string ModelOf(string field) => field[2..];

    /// <summary>The parts of <c>q/QUARTER/MODEL</c>; false when it is another field.</summary>
    public static bool TryReadQuarter(string field, out long quarter, out string model)
    {
        (quarter, model) = (0, "");
        if (!IsQuarter(field) || field.IndexOf('/', 2) is not (> 2 and var slash) || !long.TryParse(field.AsSpan(2, slash - 2), NumberStyles.None, CultureInfo.InvariantCulture, out quarter)) return false;
        model = field[(slash + 1)..];
        return true;
    }
}
