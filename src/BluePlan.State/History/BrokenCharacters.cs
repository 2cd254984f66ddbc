namespace BluePlan.State;

/// <summary>Replaces broken characters of a line of JSON by U+FFFD: half of a surrogate pair as an escape, and a
/// character of several bytes that was cut.</summary>
/// <remarks>Programs that cut a text after so many units leave half an emoji. Other bytes that are no UTF-8 are left
/// for the reader to refuse: the file has another encoding.</remarks>
internal static class BrokenCharacters
{
    /// <summary>The line without them; null when it has none.</summary>
    public static byte[]? Repair(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\\u"u8) < 0 && System.Text.Unicode.Utf8.IsValid(line)) return null;
        List<byte>? repaired = null;
        var kept = 0;
        for (var i = 0; i < line.Length;)
        {
            var length = line[i] == (byte)'\\' ? EscapeAt(line[i..], out var broken) : CharacterAt(line[i..], out broken);
            if (broken)
            {
                repaired ??= new(line.Length + 8);
                repaired.AddRange(line[kept..i]);
                repaired.AddRange("\uFFFD"u8);
                kept = i + length;
            }
            i += length;
        }
        if (repaired is null) return null;
        repaired.AddRange(line[kept..]);
        return [.. repaired];
    }

    private static int EscapeAt(ReadOnlySpan<byte> text, out bool broken)
    {
        broken = false;
        if (UnitAt(text) is not { } unit) return Math.Min(2, text.Length);
        if (char.IsHighSurrogate(unit) && UnitAt(text[6..]) is { } low && char.IsLowSurrogate(low)) return 12;
        broken = char.IsSurrogate(unit);
        return 6;
    }

    private static char? UnitAt(ReadOnlySpan<byte> text) =>
        text.Length >= 6 && text[0] == (byte)'\\' && text[1] == (byte)'u'
        && ushort.TryParse(text[2..6], System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;

    private static int CharacterAt(ReadOnlySpan<byte> text, out bool broken)
    {
        broken = false;
        if (text[0] < 0x80) return 1;
        if (System.Text.Rune.DecodeFromUtf8(text, out _, out var length) is System.Buffers.OperationStatus.Done) return length;
        // A surrogate in three bytes, as some write each half of a pair.
        if (text is [0xED, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..])
        {
            broken = true;
            return 3;
        }
        // The beginning of a character, of which at least two bytes are there.
        broken = length > 1;
        return length;
    }
}
