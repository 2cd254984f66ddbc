using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace BluePlan.State.Redis;

/// <summary>A Lua script with the hash that servers know it by.</summary>
internal sealed partial class RedisScript
{
    private static readonly ConcurrentDictionary<string, string> Texts = new(StringComparer.Ordinal);

    public RedisScript(string text)
    {
        (Text, Hash) = (text, Sha1(text));
        HashText = Convert.ToHexStringLower(Hash);
        Texts[HashText] = text;
    }

    public string Text { get; }

    /// <summary>What EVALSHA calls it by.</summary>
    public byte[] Hash { get; }

    /// <summary>The same as text.</summary>
    public string HashText { get; }

    /// <summary>The command that a line of a script calls, which a server does not name when it forbids it; null = not known.</summary>
    /// <param name="error">What the server answered.</param>
    public static string? CommandAt(string error)
    {
        if (Position().Match(error) is not { Success: true } at || !Texts.TryGetValue(at.Groups[1].Value, out var script)) return null;
        var line = script.Split('\n').ElementAtOrDefault(int.Parse(at.Groups[2].ValueSpan, CultureInfo.InvariantCulture) - 1);
        return line is not null && Call().Match(line) is { Success: true } call ? call.Groups[1].Value : null;
    }

    [GeneratedRegex(@"\b(?:f_)?([0-9a-f]{40})\b.*?@user_script:\s?(\d{1,6})")]
    private static partial Regex Position();

    [GeneratedRegex(@"redis\.p?call\('([A-Z]+)'")]
    private static partial Regex Call();

    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by their SHA-1; nothing is protected by it.")]
    private static byte[] Sha1(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
