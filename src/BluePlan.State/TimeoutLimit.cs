namespace BluePlan.State;

/// <summary>The longest time that a setting may keep something for. A longer one is a slip, such as seconds that were read as days; single values may live longer by their own <see cref="StateExpiry"/>.</summary>
internal static class TimeoutLimit
{
    public static readonly TimeSpan Value = TimeSpan.FromDays(400);

    public static bool Includes(TimeSpan time, TimeSpan least) => time >= least && time <= Value;
}
