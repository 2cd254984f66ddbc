namespace BluePlan.State;

/// <summary>How long a point of a series is.</summary>
public enum UsageInterval
{
    /// <summary>15 minutes.</summary>
    QuarterHour = 0,

    /// <summary>From one full hour of the local clock to the next. Where the clock is changed a new point begins, so the repeated hour of autumn has a point of its own.</summary>
    Hour = 1,

    /// <summary>A day of the local calendar: 23 or 25 hours where the clock is changed.</summary>
    Day = 2,

    /// <summary>A month of the local calendar, as far as it lies in the range.</summary>
    Month = 3,
}
