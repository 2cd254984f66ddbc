using System.IO.Hashing;
using System.Text;

namespace BluePlan.State;

/// <summary>
/// Where an owner's things lie: 16 bits of the owner's hash, of which the lowest ones are the partition. The first four hex digits of a canonical id are
/// the route of its owner, so an id alone finds its partition, whatever the number of partitions.
/// </summary>
/// <remarks>
/// The hash is the low 16 bits of XXH3-64, seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), over the UTF-8 of
/// <see cref="KeyText.Join(string, string, string)"/>(kind, tenant, name). It decides where stored things are found, so it never changes; a golden test holds it.
/// </remarks>
internal static class StateRoute
{
    /// <summary>The route of a user, whose sessions, conversations and token usage lie together.</summary>
    public static ushort OfUser(string tenant, string userId) => Of("user", tenant, userId);

    /// <summary>The route of any owner.</summary>
    /// <param name="kind">What sort of owner, so that a user and a config set of one name are two.</param>
    /// <param name="tenant">The tenant; empty = the default one.</param>
    /// <param name="name">The owner's name.</param>
    public static ushort Of(string kind, string tenant, string name)
    {
        var text = KeyText.Join(kind, tenant, name);
        // Of its own and not from a pool: names of users must not be met by whoever rents next.
        Span<byte> bytes = text.Length <= 160 ? stackalloc byte[160 * 3] : new byte[Encoding.UTF8.GetByteCount(text)];
        return (ushort)XxHash3.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}
