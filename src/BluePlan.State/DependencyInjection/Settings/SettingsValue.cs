using System.Globalization;

namespace BluePlan.State;

/// <summary>Reads the text of a setting as a value, always by the invariant culture.</summary>
internal static class SettingsValue
{
    private const int MostShown = 40;

    /// <summary>Whether values of a type can be read.</summary>
    public static bool IsKnown(Type type) => type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(TimeSpan) || type == typeof(DateOnly)
        || type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(decimal);

    /// <summary>Reads a text.</summary>
    /// <param name="type">The type.</param>
    /// <param name="text">The text.</param>
    /// <param name="fault">What is wrong with it and how to write it, to follow the setting's name; null = nothing.</param>
    public static object? Read(Type type, string text, out string? fault)
    {
        fault = null;
        if (type == typeof(string)) return text;
        if (type == typeof(TimeSpan)) return TimeSpanText.Read(text, out fault);
        if (type == typeof(bool) && bool.TryParse(text, out var truth)) return truth;
        if (type == typeof(int) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var small)) return small;
        if (type == typeof(long) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)) return real;
        if (type == typeof(decimal) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)) return exact;
        if (type == typeof(DateOnly) && DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day)) return day;
        if (type.IsEnum && Enum.TryParse(type, text, ignoreCase: true, out var choice) && Enum.IsDefined(type, choice)) return choice;
        fault = $"is {Show(text)}; it must be {Expected(type)}.";
        return null;
    }

    /// <summary>A text between quotation marks, cut where it is long.</summary>
    public static string Show(string text) => text.Length <= MostShown ? $"\"{text}\"" : $"\"{text[..MostShown]}…\"";

    private static string Expected(Type type) => type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(DateOnly) ? "a day, written yyyy-MM-dd"
        : "a number with a point before its fraction";
}
