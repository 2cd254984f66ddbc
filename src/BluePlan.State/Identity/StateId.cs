using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BluePlan.State;

/// <summary>
/// Canonical ids of sessions and conversations: the owner's route in four hex digits, then 128 bits in 32. They are random when minted here, and the first half of a SHA-256
/// when the host brings its own id, so that any string is safe, two users may both have a "default", and the same owner and host id always give the same id.
/// </summary>
internal static class StateId
{
    public const int Length = 4 + HashLength;

    private const int HashLength = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    // One a thread, since to make one takes a quarter of the time of a hash of an id, which is made at every read of a session.
    [ThreadStatic] private static SHA256? _hasher;

    /// <summary>A new id, its 128 bits random.</summary>
    public static string New(ushort route) => string.Create(CultureInfo.InvariantCulture, $"{route:x4}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");

    /// <summary>The id of what a host calls by a name of its own.</summary>
    /// <param name="kind">What sort of thing, for instance <c>session</c>.</param>
    /// <param name="route">The owner's route.</param>
    /// <param name="tenant">The tenant; empty = the default one.</param>
    /// <param name="owner">The owner's name.</param>
    /// <param name="hostId">The host's own id.</param>
    public static string For(string kind, ushort route, string tenant, string owner, string hostId) =>
        string.Create(CultureInfo.InvariantCulture, $"{route:x4}{Hash(KeyText.Join(kind, tenant, owner, hostId))}");

    /// <summary>The first half of the SHA-256 of the text's UTF-8, in 32 hex digits.</summary>
    public static string Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> bytes = text.Length <= 128 ? stackalloc byte[128 * 3] : new byte[Encoding.UTF8.GetByteCount(text)]; // a session's id fits: this runs at every read of one
        (_hasher ??= SHA256.Create()).TryComputeHash(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash, out _);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>Whether a text can be an id.</summary>
    public static bool IsId(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(HexDigits);

    /// <summary>Whether a text can be a hash as <see cref="Hash"/> makes them.</summary>
    public static bool IsHash(string text) => text.Length == HashLength && !text.AsSpan().ContainsAnyExcept(HexDigits);

    /// <summary>Reads the route of a canonical id, or of a longer one that begins like one; false when it is none.</summary>
    public static bool TryGetRoute(string id, out ushort route)
    {
        route = 0;
        return id.Length >= Length && !id.AsSpan(0, Length).ContainsAnyExcept(HexDigits) && ushort.TryParse(id.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out route);
    }
}
