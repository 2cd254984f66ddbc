namespace BluePlan.State.Conformance;

/// <summary>Names that a careless provider mistakes for a path, a pattern, a hash tag, a number, a command, or for each other. All well-formed, none twice.</summary>
internal static class HostileNames
{
    public static readonly string[] Short =
    [
        "a", "A", "..", ".", "/", "//", "\\", "a/b", "a//b", "/a", "a/", "../../a", "a\\b", "%", "%2F", "a%2Fb", "a%252Fb", "{}", "{a}", "{b}", "{", "}", "}{", "{{a}}", "{1}x", "{0}",
        "*", "?", "[", "]", "[a-z]", "[^a]", "^", "h?llo", "\n", "\r", "\r\n", "\t", "\0", "\0\0", "a\0", "a\0b", "\0a", "\u0001", "\u001b[2J", "\u007f", " ", "  ", "a ", " a",
        "'", "''", "\"", "`", "$(a)", ";", "; a", "--", "-", "+", "<a>", "&", "|", ":", "::", "a:b", ",", "a,b", "=", "@", "#", "0", "00", "-0", "1", "01", "-1", "1.0", "1e3", "0x10", "9007199254740993", "18446744073709551616",
        "nan", "inf", "-inf", "+inf", "(1", "(a", "[a", "true", "false", "null", "nil", "undefined", "CON", "NUL", "aux.txt", "~", "~root", "__proto__", "constructor", "type", "id", "etag",
        "\u00e9", "e\u0301", "\u00df", "ss", "SS", "\u0130", "i", "I", "\u0131", "\uff41", "\ufb01", "fi", "\u4e2d\u6587", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd",
        "\u202eabc", "abc", "\u200b", "a\u200b", "\ufeff", "\ufeffa", "\ufffd", "\uffff", "\ue000", "\ud7ff", "\U0001f600", "\U0001f601", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0010ffff",
    ];

    /// <summary>As long as names get, in bytes of one, two, three and four; the last two of each differ at the end only.</summary>
    public static readonly string[] Long =
    [
        new('x', 4096), new string('x', 4095) + 'y', new('x', 4095), new('\u00e9', 2048), new string('\u00e9', 2047) + '\u00e8', new string('\u4e2d', 1365) + 'x', new string('\u4e2d', 1365) + 'y',
        string.Concat(Enumerable.Repeat("\U0001f600", 1024)), string.Concat(Enumerable.Repeat("\U0001f600", 1023)) + "\U0001f601", new('/', 4096), new('{', 4096), new('\0', 4096),
    ];

    public static readonly string[] All = [.. Short, .. Long];
}
