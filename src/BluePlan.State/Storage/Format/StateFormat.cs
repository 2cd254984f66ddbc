using System.Text;

namespace BluePlan.State.Storage;

/// <summary>The parts that records and journal frames have in common: keys, expiry, fields, entries, members. Described at <see cref="StateRecordCodec"/>.</summary>
internal static class StateFormat
{
    // Types are few, so nearly every one is found here instead of being made anew for each key.
    private static readonly string?[] KnownTypes = new string?[256];

    public static void WriteKey(ref FormatWriter writer, in StateKey key)
    {
        writer.Byte((byte)key.Shape);
        writer.Text(key.Type);
        writer.Text(key.Id);
    }

    public static StateKey ReadKey(ref FormatReader reader, int partition)
    {
        var shape = (StateShape)reader.Byte();
        var type = ReadType(reader.Bytes());
        var id = reader.Text();
        try
        {
            return new(partition, shape, type, id);
        }
        catch (ArgumentException exception)
        {
            throw reader.Corrupt("a key is none", exception);
        }
    }

    public static void WriteExpiry(ref FormatWriter writer, StateExpiry expiry)
    {
        if (expiry.Kind is not StateExpiryKind.Never && (expiry.Kind is not (StateExpiryKind.At or StateExpiryKind.Sliding) || expiry.Instant is null))
            throw new ArgumentException("Only a resolved expiry can be stored.", nameof(expiry));
        writer.Byte((byte)expiry.Kind);
        if (expiry.Kind is StateExpiryKind.Never) return;
        writer.Instant(expiry.Instant!.Value);
        if (expiry.Kind is StateExpiryKind.At) return;
        writer.Number((ulong)expiry.Window.TotalMilliseconds);
        writer.Flag(expiry.Cap is not null);
        if (expiry.Cap is { } cap) writer.Instant(cap);
    }

    public static StateExpiry ReadExpiry(ref FormatReader reader)
    {
        var kind = (StateExpiryKind)reader.Byte();
        if (kind is StateExpiryKind.Never) return StateExpiry.Never;
        if (kind is not (StateExpiryKind.At or StateExpiryKind.Sliding)) throw reader.Corrupt("an expiry is of an unknown kind");
        var instant = reader.Instant();
        if (kind is StateExpiryKind.At) return StateExpiry.At(instant);
        var window = reader.Number();
        if (window == 0 || window > (ulong)StateExpiry.MaximumLifetime.TotalMilliseconds) throw reader.Corrupt("a sliding expiry has no window");
        return StateExpiry.Resolved(TimeSpan.FromMilliseconds((long)window), instant, reader.Flag() ? reader.Instant() : null);
    }

    public static void WriteDocument(ref FormatWriter writer, DocumentContent document)
    {
        writer.Tag(document.ETag);
        writer.Bytes(document.Value.Span);
    }

    public static DocumentContent ReadDocument(ref FormatReader reader, StateExpiry expiry)
    {
        var tag = reader.Tag();
        return new(reader.OwnBytes(), tag) { Expiry = expiry };
    }

    public static void WriteField(ref FormatWriter writer, string name, in MapValue value)
    {
        writer.Text(name);
        writer.Flag(value.IsCounters);
        if (!value.IsCounters)
        {
            writer.Bytes(value.Bytes.Span);
            return;
        }
        writer.Number((ulong)value.Counters.Length);
        foreach (var counter in value.Counters.Span) writer.Signed(counter);
    }

    public static MapField ReadField(ref FormatReader reader)
    {
        var name = reader.Text();
        if (!reader.Flag()) return new(name, new(reader.OwnBytes()));
        var counters = new long[reader.Count(1) is var count and <= StateLimits.MaximumVectorLength ? count : throw reader.Corrupt("a vector of counters is none")];
        for (var i = 0; i < counters.Length; i++) counters[i] = reader.Signed();
        try
        {
            return new(name, new(counters));
        }
        catch (ArgumentException exception)
        {
            throw reader.Corrupt("a vector of counters is none", exception);
        }
    }

    /// <param name="writer">Where to.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="last">The sequence of the entry before, for the first one 0; becomes that of this one.</param>
    public static void WriteEntry(ref FormatWriter writer, in LogEntry entry, ref long last)
    {
        writer.Number((ulong)(entry.Sequence - last));
        last = entry.Sequence;
        writer.Flag(entry.Id is not null);
        if (entry.Id is not null) writer.Text(entry.Id);
        writer.Bytes(entry.Value.Span);
    }

    public static LogEntry ReadEntry(ref FormatReader reader, ref long last)
    {
        var step = reader.Number();
        if (step == 0 || step > (ulong)(StateLimits.MaximumNumber - last)) throw reader.Corrupt("the sequences of a log do not rise");
        last += (long)step;
        var id = reader.Flag() ? reader.Text() : null;
        return new(last, reader.OwnBytes(), id);
    }

    public static void WriteMember(ref FormatWriter writer, in IndexMember member)
    {
        writer.Text(member.Member);
        writer.Signed(member.Score);
    }

    public static IndexMember ReadMember(ref FormatReader reader)
    {
        var member = reader.Text();
        return new(member, reader.Signed());
    }

    private static string ReadType(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        ref var known = ref KnownTypes[(bytes[0] + 7 * bytes[^1] + 31 * bytes.Length) & 0xFF];
        var type = Volatile.Read(ref known);
        if (type is not null && Ascii.Equals(bytes, type)) return type;
        type = Encoding.Latin1.GetString(bytes);
        Volatile.Write(ref known, type);
        return type;
    }
}
