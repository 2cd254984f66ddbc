namespace BluePlan.State;

/// <summary>How long which usage is kept. The windows fit into each other, so that nothing is written to what was compacted, and months are kept before their days expire.</summary>
/// <remarks>
/// A day is compacted and a month rolled up only after no record can reach it any more: <see cref="Margin"/> days later than this process would refuse the record, since
/// another one's clock may be off. Days expire as many days later than promised.
/// </remarks>
internal static class UsageRetention
{
    /// <summary>How many days before today still have their quarter-hours. With today that is one more than the promised 32, so that the last 32 days of any time zone lie within.</summary>
    public const int QuarterDays = 32;

    /// <summary>How many days before today a record may lie.</summary>
    public const int BackdateDays = 300;

    /// <summary>How many days before today single days are kept, with rankings and distinct counts.</summary>
    public const int Days = 400;

    /// <summary>How many years the sums of months are kept.</summary>
    public const int MonthYears = 10;

    /// <summary>How many days ahead a question may reach.</summary>
    public const int AskAheadDays = 366;

    /// <summary>How many days <see cref="UsageKeys.SetAside"/> is kept after something was moved to it: as long as the sums that may lack it.</summary>
    public const int SetAsideDays = Days;

    /// <summary>How many days clocks may disagree, generously.</summary>
    public const int Margin = 2;

    /// <summary>How far ahead of the store's time a record may lie.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);
}
