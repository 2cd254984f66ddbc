using System.Text;

namespace BluePlan.State;

/// <summary>Joins names to one text that can be split again, whatever they hold: parts stand between slashes, and <c>%</c> and <c>/</c> within a part are written %25 and %2F.</summary>
/// <remarks>The form is stored, in keys and members, so it never changes.</remarks>
internal static class KeyText
{
    public static string Escape(string part) =>
        part.AsSpan().ContainsAny('%', '/') ? part.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal) : part;

    public static string Unescape(string part) =>
        part.Contains('%', StringComparison.Ordinal) ? part.Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal) : part;

    public static string Join(string first, string second) => $"{Escape(first)}/{Escape(second)}";

    // At every read of a session. An interpolation of more than four parts would go by a buffer.
    public static string Join(string first, string second, string third) => string.Concat([Escape(first), "/", Escape(second), "/", Escape(third)]);

    public static string Join(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        for (var i = 0; i < parts.Length; i++) text.Append(i == 0 ? "" : "/").Append(Escape(parts[i]));
        return text.ToString();
    }

    public static string[] Split(string text)
    {
        var parts = text.Split('/');
        for (var i = 0; i < parts.Length; i++) parts[i] = Unescape(parts[i]);
        return parts;
    }
}
