using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>A text to be found in others whatever their case, in any script.</summary>
/// <remarks>
/// Both sides are folded and then compared by code points without case: Unicode compatibility composition (NFKC), so that é written as one character or two, full-width and half-width
/// forms, and ligatures are the same; ß is ss; the Turkish İ and ı are i. Accents count. It depends on no culture, so every machine finds the same, but for NFKC, which the runtime leaves out
/// under InvariantGlobalization.
/// </remarks>
internal sealed class SearchText
{
    private readonly string _folded;

    /// <exception cref="ArgumentException">It is null, empty or not well-formed.</exception>
    public SearchText(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (!StateText.IsWellFormed(text)) throw new ArgumentException("It has half a surrogate pair. Remove the broken character.", nameof(text));
        _folded = Fold(text);
    }

    /// <summary>Whether a message has it in its text or in a tool's result.</summary>
    public bool IsIn(HistoryMessage message) => IsIn(message.Text) || message.ToolResults.Any(result => IsIn(result.Text));

    private bool IsIn(string? text) => text is not null && Fold(text).Contains(_folded, StringComparison.OrdinalIgnoreCase);

    private static string Fold(string text)
    {
        if (Ascii.IsValid(text)) return text;
        // U+FFFE is well-formed, yet Normalize refuses it.
        if (!text.Contains('\uFFFE', StringComparison.Ordinal)) text = text.Normalize(NormalizationForm.FormKC);
        return text.AsSpan().ContainsAny("İı\u0307ßẞ")
            ? text.Replace("i\u0307", "i", StringComparison.Ordinal).Replace('İ', 'i').Replace('ı', 'i').Replace("ß", "ss", StringComparison.Ordinal).Replace("ẞ", "ss", StringComparison.Ordinal)
            : text;
    }
}
