using System.Globalization;
using System.Text.RegularExpressions;

namespace BluePlan.State;

/// <summary>Reads a time span from the text of a setting, and refuses a text that .NET reads otherwise than its writer most likely means.</summary>
/// <remarks>
/// <see cref="TimeSpan.Parse(string)"/> takes a bare number for days, and <c>24:00:00</c> for 24 days, since hours end at 23: a session of 3,600 days comes from <c>"3600"</c> without a word.
/// </remarks>
internal static partial class TimeSpanText
{
    private const decimal MostCounted = 1_000_000_000;

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fault">What is wrong with it, what it would mean and how to write what was meant; null = nothing.</param>
    public static TimeSpan? Read(string text, out string? fault)
    {
        var trimmed = text.Trim();
        TimeSpan? value = TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        fault = FaultOfNumber(trimmed, value) ?? FaultOfHours(trimmed, value) ?? FaultOfUnit(trimmed);
        if (fault is null && value is null) fault = "cannot be read as a time span. Write \"hh:mm:ss\", or \"d.hh:mm:ss\" for whole days.";
        if (fault is null) return value;
        fault = $"is {SettingsValue.Show(text)}, which {fault}";
        return null;
    }

    private static string? FaultOfNumber(string text, TimeSpan? value)
    {
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        var reading = value is null ? "is a number without a unit." : $"would be read as {Count(number, "day")}.";
        if (Math.Abs(number) > MostCounted) return $"{reading} Write \"hh:mm:ss\", or \"d.hh:mm:ss\" for whole days.";
        var asDays = number <= (decimal)TimeSpan.MaxValue.TotalDays ? $", or {Written(number * TimeSpan.TicksPerDay)} for {Count(number, "day")}" : "";
        return $"{reading} Write {Written(number * TimeSpan.TicksPerSecond)} for {Count(number, "second")}{asDays}.";
    }

    private static string? FaultOfHours(string text, TimeSpan? value)
    {
        if (Clock().Match(text) is not { Success: true } match) return null;
        var (hours, minutes) = (long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        if (hours < 24 || minutes >= 60) return null;
        var seconds = match.Groups[3].Success ? decimal.Parse(match.Groups[3].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture) : 0;
        if (seconds >= 60) return null;
        var meant = Written(hours * TimeSpan.TicksPerHour + minutes * TimeSpan.TicksPerMinute + seconds * TimeSpan.TicksPerSecond);
        return value is not { } days ? $"cannot be read, since hours end at 23. Write {meant} for {Count(hours, "hour")}."
            : $"would be read as {Count(days.Days, "day")}, since hours end at 23. Write {meant} for {Count(hours, "hour")}, or \"{days:c}\" for {Count(days.Days, "day")}.";
    }

    private static string? FaultOfUnit(string text)
    {
        if (Unit().Match(text) is not { Success: true } match) return null;
        var number = decimal.Parse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
        var ticks = match.Groups[2].Value.ToLowerInvariant() switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            ['s', ..] => TimeSpan.TicksPerSecond,
            ['m', ..] => TimeSpan.TicksPerMinute,
            ['h', ..] => TimeSpan.TicksPerHour,
            ['d', ..] => TimeSpan.TicksPerDay,
            _ => 7 * TimeSpan.TicksPerDay,
        };
        return number > MostCounted || number * ticks > TimeSpan.MaxValue.Ticks ? null : $"cannot be read as a time span. Write {Written(number * ticks)}.";
    }

    private static string Written(decimal ticks) => $"\"{TimeSpan.FromTicks((long)ticks):c}\"";

    private static string Count(decimal number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number:#,0.###} {unit}{(number == 1 ? "" : "s")}");

    [GeneratedRegex(@"^(\d{1,7}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^(\d{1,10}(?:\.\d{1,7})?)\s*(ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Unit();
}
