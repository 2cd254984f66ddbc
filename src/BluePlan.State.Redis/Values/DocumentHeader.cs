using System.Buffers.Binary;
using BluePlan.State.Storage;

namespace BluePlan.State.Redis;

/// <summary>A document as Redis keeps it: a STRING of a header of 33 bytes and the value.</summary>
/// <remarks>
/// <code>
/// offset 0    1   16 + kind: 0 = never expires, 2 = at an instant, 3 = when the key's TTL runs out, 4 = slides, 5 = slides up to a cap
/// offset 1   16   ETag
/// offset 17   8   idle time in milliseconds; kinds 4 and 5
/// offset 25   8   instant (kind 2) or cap (kind 5) in Unix milliseconds
/// offset 33   …   value
/// </code>
/// <para>Numbers are little-endian doubles, here as in maps and logs: they hold integers up to ±2^53 exactly, and scripts pack them faster than integers and alike on every server.</para>
/// <para>The key's TTL is always what makes it expire. Where the instant stands in the header the answer is exact without asking for the TTL. What was written by a released version reads
/// for ever; another first byte is refused.</para>
/// </remarks>
internal static class DocumentHeader
{
    public const int Bytes = 33;
    public const byte Never = 16;
    public const byte At = 18;
    public const byte After = 19;
    public const byte Sliding = 20;
    public const byte Capped = 21;

    private const int Expiry = 17;
    private const int End = 25;

    /// <summary>Header and value, in new memory.</summary>
    public static byte[] Write(StateETag etag, in ExpiryPlan plan, ReadOnlySpan<byte> value)
    {
        var bytes = new byte[Bytes + value.Length];
        bytes[0] = plan.Kind;
        etag.WriteTo(bytes.AsSpan(1));
        WriteExpiry(plan, bytes.AsSpan(Expiry));
        value.CopyTo(bytes.AsSpan(Bytes));
        return bytes;
    }

    /// <summary>Kind and expiry alone, which a script puts around the ETag that is there.</summary>
    public static byte[] WriteExpiry(in ExpiryPlan plan)
    {
        var bytes = new byte[17];
        bytes[0] = plan.Kind;
        WriteExpiry(plan, bytes.AsSpan(1));
        return bytes;
    }

    /// <summary>Whether it slides by this idle time, without a cap.</summary>
    public static bool Slides(ReadOnlySpan<byte> bytes, TimeSpan window) =>
        bytes.Length >= Bytes && bytes[0] == Sliding && ReadNumber(bytes[Expiry..]) == ExpiryPlan.Milliseconds(window);

    /// <summary>What the bytes hold.</summary>
    /// <param name="key">Whose they are, for messages.</param>
    /// <param name="bytes">What Redis keeps, perhaps the header alone.</param>
    /// <param name="deadline">When the TTL runs out, in Unix milliseconds; −1 = never, or not asked.</param>
    /// <exception cref="StateCorruptionException">They are not a document.</exception>
    public static DocumentContent Read(StateKey key, ReadOnlyMemory<byte> bytes, long deadline)
    {
        var header = bytes.Span;
        if (header.Length < Bytes || header[0] is < Never or > Capped) throw Unreadable(key);
        var (window, end) = (TimeSpan.FromMilliseconds(ReadNumber(header[Expiry..])), ReadNumber(header[End..]));
        if (header[0] >= Sliding && (window <= TimeSpan.Zero || window > StateExpiry.MaximumLifetime)) throw Unreadable(key);
        var expiry = header[0] switch
        {
            At => StateExpiry.At(Instant(end)),
            > At when deadline < 0 => StateExpiry.Never,
            After => StateExpiry.At(Instant(deadline)),
            Sliding => StateExpiry.Resolved(window, Instant(deadline), null),
            Capped => StateExpiry.Resolved(window, Instant(deadline), Instant(end)),
            _ => StateExpiry.Never,
        };
        return Content(bytes, expiry);
    }

    /// <summary>A document whose header <see cref="Slides"/>, with the expiry that it has slid to.</summary>
    public static DocumentContent Content(ReadOnlyMemory<byte> bytes, StateExpiry expiry) => new(bytes[Bytes..], StateETag.ReadFrom(bytes.Span[1..])) { Expiry = expiry };

    public static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, 253_402_300_799_999));

    private static StateCorruptionException Unreadable(StateKey key) =>
        new($"A document of type '{key.Type}' in partition {key.Partition} is not in a form this version reads. Perhaps a newer version, or somebody else, wrote it.", key.Type);

    private static void WriteExpiry(in ExpiryPlan plan, Span<byte> destination)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(destination, plan.Window);
        BinaryPrimitives.WriteDoubleLittleEndian(destination[8..], plan.End);
    }

    private static long ReadNumber(ReadOnlySpan<byte> source) => (long)BinaryPrimitives.ReadDoubleLittleEndian(source);
}
