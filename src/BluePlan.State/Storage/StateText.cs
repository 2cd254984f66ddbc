using System.Runtime.CompilerServices;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>The one check of every name that reaches a provider: there, well-formed, and not too long.</summary>
internal static class StateText
{
    public static string CheckName(string? name, [CallerArgumentExpression(nameof(name))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        // A UTF-16 unit takes at most three bytes, so short plain names, nearly all of them, need no count.
        if (name.Length > StateLimits.MaximumNameBytes / 3 && Encoding.UTF8.GetByteCount(name) is var bytes and > StateLimits.MaximumNameBytes)
            throw new ArgumentException($"The name takes {bytes:N0} bytes in UTF-8; at most {StateLimits.MaximumNameBytes:N0} are accepted. Shorten it, or store a hash of it.", parameter);
        if (!IsWellFormed(name))
            throw new ArgumentException("The name has half a surrogate pair, so it cannot be written as UTF-8. Remove the broken character.", parameter);
        return name;
    }

    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0)
        {
            if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1])) return false;
            text = text[(at + 2)..];
        }
        return true;
    }
}
