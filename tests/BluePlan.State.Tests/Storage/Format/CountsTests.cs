using System.Buffers;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Every number that says how many things or bytes follow is only believed as far as there are bytes: what is made up is refused, and costs no memory.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class CountsTests
{
    // What a reader may allocate for a byte: the smallest entry of a log takes three bytes, and 40 in memory, twice while its list grows.
    private const int MostPerByte = 40;
    private const int Least = 16 << 10;

    public static IEnumerable<StateShape> Lists => [StateShape.Map, StateShape.Log, StateShape.Index];

    [TestCaseSource(nameof(Lists))]
    public void Record_CountIsMadeUp_IsRefusedAndCostsNoMemory(StateShape shape)
    {
        foreach (var zeros in new[] { 0, 100, 1 << 20 })
        {
            var bytes = Written((ref FormatWriter writer) =>
            {
                writer.Byte(1);
                writer.Byte(0);
                writer.Number(0);
                StateFormat.WriteKey(ref writer, new StateKey(0, shape, "made-up", "count"));
                writer.Byte(0);
                if (shape is not StateShape.Map) writer.Number(1);
                if (shape is StateShape.Log) writer.Number(1);
                writer.Number((ulong)Math.Max(1, zeros / 3));
                for (var i = 0; i < zeros; i++) writer.Byte(0);
            });
            var allocated = Allocated(() => Refused(() => StateRecordCodec.Read(bytes, out _)), out var refused);

            // Members without a name and with a score of zero are members.
            if (shape is not StateShape.Index || zeros == 0) refused.Should().BeTrue();
            allocated.Should().BeLessThan(Least + (shape is StateShape.Index ? (long)MostPerByte * bytes.Length : bytes.Length * 2));
        }
    }

    [TestCase(4, StateShape.Map)]
    [TestCase(5, StateShape.Map)]
    [TestCase(6, StateShape.Log)]
    [TestCase(8, StateShape.Log)]
    [TestCase(9, StateShape.Index)]
    [TestCase(10, StateShape.Index)]
    [TestCase(11, StateShape.Document)]
    public void Change_CountIsMadeUp_CostsNoMoreThanItsBytes(byte kind, StateShape shape)
    {
        foreach (var padding in new byte[] { 0, 0xFF })
        {
            var bytes = Written((ref FormatWriter writer) =>
            {
                writer.Byte(kind);
                StateFormat.WriteKey(ref writer, new StateKey(0, shape, "made-up", "count"));
                if (kind is 4 or 6 or 9) writer.Flag(true);
                if (kind is 6) writer.Number(0);
                writer.Number(1 << 17);
                for (var i = 0; i < 1 << 20; i++) writer.Byte(padding);
            });
            Allocated(() => Refused(() => StateChangeCodec.Read(bytes, 0)), out _).Should().BeLessThan(Least + (long)MostPerByte * bytes.Length);
        }
    }

    [Test]
    public void Record_VectorIsTooLong_IsRefusedBeforeItTakesMemory()
    {
        var bytes = Written(static (ref FormatWriter writer) =>
        {
            writer.Byte(1);
            writer.Byte(0);
            writer.Number(0);
            StateFormat.WriteKey(ref writer, new StateKey(0, StateShape.Map, "made-up", "count"));
            writer.Byte(0);
            writer.Number(1);
            writer.Text("field");
            writer.Flag(true);
            writer.Number(1 << 20);
            for (var i = 0; i < 1 << 20; i++) writer.Byte(0);
        });

        Allocated(() => Refused(() => StateRecordCodec.Read(bytes, out _)), out var refused).Should().BeLessThan(Least);
        refused.Should().BeTrue();
    }

    [Test]
    public void Read_ManyItemsThatAreThere_AreAllRead()
    {
        var fields = Enumerable.Range(0, 5_000).ToDictionary(static i => $"{i}", static i => new MapValue(new long[] { i }));
        var entries = Enumerable.Range(1, 5_000).Select(static i => new LogEntry(i, default)).ToList();
        var members = Enumerable.Range(0, 5_000).Select(static i => new IndexMember($"{i}", i)).ToList();
        StateRecord[] records =
        [
            new(new(0, StateShape.Map, "many", "items"), new MapContent(fields)), new(new(0, StateShape.Log, "many", "items"), new LogContent(entries, 5_000, 5_000)), new(new(0, StateShape.Index, "many", "items"), new IndexContent(members, 5_000)),
        ];
        foreach (var record in records)
        {
            var buffer = new ArrayBufferWriter<byte>();
            StateRecordCodec.Write(buffer, record);

            StateRecordSamples.Picture(StateRecordCodec.Read(buffer.WrittenSpan, out _)).Should().Be(StateRecordSamples.Picture(record));
            Refused(() => StateRecordCodec.Read(buffer.WrittenSpan, out _, mostItems: 4_999)).Should().BeTrue("it is cut where it is written");
        }
    }

    [Test]
    public void Record_BytesAreChanged_IsReadOrRefusedAndCostsLittle()
    {
        var random = new Random(TestSeeds.Next(7));
        foreach (var record in StateRecordSamples.All())
        {
            var buffer = new ArrayBufferWriter<byte>();
            StateRecordCodec.Write(buffer, record);
            for (var round = 0; round < 400; round++)
            {
                var bytes = buffer.WrittenSpan.ToArray();
                for (var edits = random.Next(1, 4); edits > 0; edits--) bytes[random.Next(Math.Min(bytes.Length, 200))] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));

                Allocated(() => Refused(() => StateRecordCodec.Read(bytes, out _)), out _).Should().BeLessThan(Least + (long)MostPerByte * bytes.Length);
            }
        }
    }

    [Test]
    public void Block_NumberOfKeysIsMadeUp_CostsNoMemory([Values(int.MaxValue, int.MinValue, -1)] int keys)
    {
        var record = new StateRecord(new(0, StateShape.Document, "made-up", "count"), new DocumentContent(new byte[4], StateRecordSamples.Tag));
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(new byte[SnapshotFormat.BlockHeaderBytes]);
        StateRecordCodec.Write(buffer, record);
        KeyTable? table = null;

        var before = GC.GetAllocatedBytesForCurrentThread();
        table = SnapshotBlock.Build([new("snapshot", 0, 0, keys, buffer.WrittenSpan.ToArray())]);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4 * Least);
        table.Count.Should().Be(1);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(3)]
    [TestCase(int.MaxValue)]
    [TestCase(1 << 30)]
    public void Marker_NumberOfPartitionsIsMadeUp_IsRefused(int partitions)
    {
        var marker = new StoreMarker(partitions, 1, DateTimeOffset.UnixEpoch).Encode();
        var header = new byte[SnapshotFormat.HeaderBytes];
        SnapshotFormat.WriteHeader(header, new(new(1, partitions, 0), 1, 1));
        var segment = new byte[JournalFormat.HeaderBytes];
        JournalFormat.WriteHeader(segment, new(1, partitions, 0), 1, 1);

        FluentActions.Invoking(() => StoreMarker.Decode(marker, "marker")).Should().Throw<StateCorruptionException>();
        FluentActions.Invoking(() => SnapshotFormat.ReadHeader(header, "snapshot")).Should().Throw<StateCorruptionException>();
        JournalFormat.ReadHeader(segment, "segment").Should().BeNull();
    }

    private delegate void Write(ref FormatWriter writer);

    private static byte[] Written(Write write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new FormatWriter(buffer);
        write(ref writer);
        writer.Complete();
        return buffer.WrittenSpan.ToArray();
    }

    private static bool Refused(Action read)
    {
        try
        {
            read();
            return false;
        }
        catch (StateCorruptionException)
        {
            return true;
        }
    }

    private static long Allocated(Func<bool> work, out bool refused)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        refused = work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
