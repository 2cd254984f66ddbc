using System.Runtime.CompilerServices;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The one check of every name that a host brings: user ids, request ids, config names, categories, tenants.</summary>
internal static class StateName
{
    /// <summary>What a name may take in UTF-8. Three of them, each character escaped, still fit a key.</summary>
    public const int MaximumBytes = 384;

    /// <summary>Whether a stored text can be a name.</summary>
    public static bool IsValid(string name) => name.Length > 0 && StateText.IsWellFormed(name) && (name.Length <= MaximumBytes / 3 || Encoding.UTF8.GetByteCount(name) <= MaximumBytes);

    /// <exception cref="ArgumentNullException">It is null.</exception>
    /// <exception cref="ArgumentException">It is empty, too long, or not well-formed.</exception>
    public static string Check(string? name, [CallerArgumentExpression(nameof(name))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > MaximumBytes / 3 && Encoding.UTF8.GetByteCount(name) is var bytes and > MaximumBytes)
            throw new ArgumentException($"It takes {bytes:N0} bytes in UTF-8; at most {MaximumBytes} are accepted. Use a shorter name, or a hash of it.", parameter);
        return StateText.IsWellFormed(name) ? name
            : throw new ArgumentException("It has half a surrogate pair, so it cannot be written as UTF-8. Remove the broken character.", parameter);
    }
}
