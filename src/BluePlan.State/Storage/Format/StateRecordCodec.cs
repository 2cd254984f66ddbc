using System.Buffers;

namespace BluePlan.State.Storage;

/// <summary>A record of an export as bytes: the unit of the file store's snapshots and of backups.</summary>
/// <remarks>
/// <para>Versions 1 and 2. The primitives are described at <see cref="FormatWriter"/>; a record ends where its last part does, so records may follow each other without anything between.</para>
/// <code>
/// record    = version (1 byte: 2 for a log that has a revision, otherwise 1)
///             flags (1 byte: 1 = a further part of the key of the record before)
///             partition (number)  key  expiry  content
/// key       = shape (1 byte: 0 document, 1 map, 2 log, 3 index)  type (text)  id (text)
/// expiry    = 0                                          never
///           | 2  instant                                 at an instant
///           | 4  instant  window (number, ms)  0         sliding
///           | 4  instant  window (number, ms)  1  cap (instant)
/// document  = ETag (16 bytes, the highest first)  value (bytes)
/// map       = count (number)  { name (text)  0  value (bytes)  |  name (text)  1  count (number)  { counter (signed) } }
/// log       = in version 2: revision (16 bytes, as an ETag)
///             last sequence (number)  entries of the whole log (number)  count (number)
///             { step from the sequence before, for the first from 0 (number)  0  value (bytes)  |  step  1  id (text)  value (bytes) }
/// index     = members of the whole index (number)  count (number)  { member (text)  score (signed) }
/// </code>
/// <para>Bytes of both versions decode for ever. A record does not carry a checksum: what it is stored in does.</para>
/// </remarks>
internal static class StateRecordCodec
{
    private const byte Version = 1;
    private const byte RevisedVersion = 2;
    private const byte ContinuesFlag = 1;

    // What a field takes in memory, about: so much must be there before a count is believed.
    private const int FieldBytes = 64;

    /// <exception cref="ArgumentException">The expiry is not resolved.</exception>
    public static void Write(IBufferWriter<byte> output, StateRecord record)
    {
        var writer = new FormatWriter(output);
        writer.Byte(record.Content is LogContent { Revision.IsEmpty: false } ? RevisedVersion : Version);
        writer.Byte(record.Continues ? ContinuesFlag : (byte)0);
        writer.Number((ulong)record.Key.Partition);
        StateFormat.WriteKey(ref writer, record.Key);
        StateFormat.WriteExpiry(ref writer, record.Content.Expiry);
        WriteContent(ref writer, record.Content);
        writer.Complete();
    }

    /// <summary>Reads the record that the bytes begin with. What it holds is its own.</summary>
    /// <param name="source">A record, perhaps with others behind it.</param>
    /// <param name="consumed">How many bytes it takes.</param>
    /// <param name="partitionCount">The number of partitions of the store that it is of, which stands beside the records; 0 = not known.</param>
    /// <param name="mostItems">How many fields, entries or members it may have, where whoever wrote it cuts bigger ones.</param>
    /// <exception cref="StateCorruptionException">The bytes do not begin with a record of a known version.</exception>
    public static StateRecord Read(ReadOnlySpan<byte> source, out int consumed, int partitionCount = 0, int mostItems = int.MaxValue)
    {
        var reader = new FormatReader(source, mostItems);
        var version = reader.Byte();
        if (version is not (Version or RevisedVersion)) throw reader.Corrupt($"a record is of version {version}, which is not known here");
        var flags = reader.Byte();
        if (flags > ContinuesFlag) throw reader.Corrupt($"a record has the unknown flags {flags}");
        var partition = reader.Number();
        if (partition >= StateLimits.MaximumPartitions) throw reader.Corrupt("a partition is beyond all");
        var key = StateFormat.ReadKey(ref reader, (int)partition);
        var expiry = StateFormat.ReadExpiry(ref reader);
        if (version == RevisedVersion && key.Shape is not StateShape.Log) throw reader.Corrupt("a record of no log has a revision");
        var content = ReadContent(ref reader, key.Shape, expiry, version);
        consumed = reader.Position;
        return new(key, content, flags == ContinuesFlag) { PartitionCount = partitionCount };
    }

    private static void WriteContent(ref FormatWriter writer, StateContent content)
    {
        switch (content)
        {
            case DocumentContent document:
                StateFormat.WriteDocument(ref writer, document);
                break;
            case MapContent map:
                writer.Number((ulong)map.Fields.Count);
                foreach (var (name, value) in map.Fields) StateFormat.WriteField(ref writer, name, value);
                break;
            case LogContent log:
                if (!log.Revision.IsEmpty) writer.Tag(log.Revision);
                writer.Number((ulong)log.LastSequence);
                writer.Number((ulong)log.Count);
                writer.Number((ulong)log.Entries.Count);
                long last = 0;
                foreach (var entry in log.Entries) StateFormat.WriteEntry(ref writer, entry, ref last);
                break;
            case IndexContent index:
                writer.Number((ulong)index.Count);
                writer.Number((ulong)index.Members.Count);
                foreach (var member in index.Members) StateFormat.WriteMember(ref writer, member);
                break;
            default:
                throw new ArgumentException($"Unknown content {content.GetType().Name}.", nameof(content));
        }
    }

    private static StateContent ReadContent(ref FormatReader reader, StateShape shape, StateExpiry expiry, byte version)
    {
        switch (shape)
        {
            case StateShape.Document:
                return StateFormat.ReadDocument(ref reader, expiry);
            case StateShape.Map:
                var left = reader.ItemCount(3);
                var fields = new Dictionary<string, MapValue>(Math.Min(left, reader.Rest.Length / FieldBytes), StringComparer.Ordinal);
                for (; left > 0; left--)
                {
                    var (name, value) = StateFormat.ReadField(ref reader);
                    if (!fields.TryAdd(name, value)) throw reader.Corrupt("a map has a field twice");
                }
                return new MapContent(fields) { Expiry = expiry };
            case StateShape.Log:
                var revision = version == RevisedVersion ? reader.Tag() : default;
                if (version == RevisedVersion && revision.IsEmpty) throw reader.Corrupt("a revision is empty");
                var (lastSequence, total) = (ReadNumber(ref reader), ReadNumber(ref reader));
                var entries = reader.Items<LogEntry>(3);
                long last = 0;
                while (!entries.IsComplete) entries.Add(StateFormat.ReadEntry(ref reader, ref last));
                return new LogContent(entries.Items, lastSequence, total) { Expiry = expiry, Revision = revision };
            default:
                var count = ReadNumber(ref reader);
                var members = reader.Items<IndexMember>(2);
                while (!members.IsComplete) members.Add(StateFormat.ReadMember(ref reader));
                return new IndexContent(members.Items, count) { Expiry = expiry };
        }
    }

    private static long ReadNumber(ref FormatReader reader) =>
        reader.Number() is var number and <= (ulong)StateLimits.MaximumNumber ? (long)number : throw reader.Corrupt("a number is beyond 2^53 − 1");
}
