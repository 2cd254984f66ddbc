using System.Buffers;
using System.Runtime.CompilerServices;
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
    private const int Padding = 1 << 20;

    public static IEnumerable<StateShape> Lists => [StateShape.Map, StateShape.Log, StateShape.Index];

    /// <summary>The kinds of change that say how many things follow, each with the least bytes of one such thing.</summary>
    public static IEnumerable<ChangeOfMany> Changes =>
    [
        new(4, StateShape.Map, [0, 0, 0], Unsafe.SizeOf<MapField>()), new(5, StateShape.Map, [0], Unsafe.SizeOf<string>()),
        new(6, StateShape.Log, [1, 0, 0], Unsafe.SizeOf<LogEntry>()), new(8, StateShape.Log, [0, 0], Unsafe.SizeOf<SequenceRange>()),
        new(9, StateShape.Index, [0, 0], Unsafe.SizeOf<IndexMember>()), new(10, StateShape.Index, [0], Unsafe.SizeOf<string>()),
        new(11, StateShape.Document, [1, 0, 0, 0, 0], 0),
        new(12, StateShape.Log, [1, 0, 0], Unsafe.SizeOf<LogEntry>()), new(14, StateShape.Log, [0, 0], Unsafe.SizeOf<SequenceRange>()),
    ];

    [TestCaseSource(nameof(Lists))]
    public void Record_CountIsMadeUp_IsRefusedAndCostsNoMemory(StateShape shape)
    {
        foreach (var padding in new[] { 0, 100, 1 << 20 })
        {
            var bytes = Record(shape, (ulong)Math.Max(1, padding / 3), padding);
            Allocated(() => Refused(() => StateRecordCodec.Read(bytes, out _)), out var refused).Should().BeLessThan(Least + bytes.Length * 2);
            refused.Should().BeTrue();
        }
    }

    [Test]
    public void Count_BeyondAllNumbers_IsRefused([Values(1UL << 31, 1UL << 32, ulong.MaxValue)] ulong count)
    {
        foreach (var bytes in Lists.Select(shape => Record(shape, count, padding: 0))) Refused(() => StateRecordCodec.Read(bytes, out _)).Should().BeTrue();
        foreach (var bytes in Changes.Select(change => Change(change, count, [])))
        {
            Allocated(() => Refused(() => StateChangeCodec.Read(bytes, 0)), out var refused).Should().BeLessThan(Least);
            refused.Should().BeTrue();
        }
    }

    [TestCaseSource(nameof(Changes))]
    public void Change_CountIsMadeUp_CostsNoMoreThanItsBytes(ChangeOfMany change)
    {
        var bytes = Change(change, (ulong)(Padding / change.Item.Length), []);

        Allocated(() => Refused(() => StateChangeCodec.Read(bytes, 0)), out var refused).Should().BeLessThan(Least + bytes.Length);
        refused.Should().BeTrue();
    }

    [TestCaseSource(nameof(Changes))]
    public void Change_CountIsMadeUpBehindItemsThatAreThere_CostsNoMoreThanItsBytes(ChangeOfMany change)
    {
        if (change.InMemory is 0) Assert.Ignore("The least record is no item of such a change.");
        // As many as fit at first, and a few more.
        var items = Enumerable.Repeat(change.Item, Padding / change.InMemory + 16).SelectMany(static i => i).ToArray();
        var bytes = Change(change, (ulong)(Padding / change.Item.Length), items);

        Allocated(() => Refused(() => StateChangeCodec.Read(bytes, 0)), out var refused).Should().BeLessThan(Least + 4L * bytes.Length, "the list of items doubles once");
        refused.Should().BeTrue();
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

    public sealed record ChangeOfMany(byte Kind, StateShape Shape, byte[] Item, int InMemory)
    {
        public override string ToString() => $"{Kind}";
    }

    /// <summary>A record that counts things of which none follows, but bytes that begin nothing.</summary>
    private static byte[] Record(StateShape shape, ulong count, int padding) => Written((ref FormatWriter writer) =>
    {
        writer.Byte(1);
        writer.Byte(0);
        writer.Number(0);
        StateFormat.WriteKey(ref writer, new StateKey(0, shape, "made-up", "count"));
        writer.Byte(0);
        if (shape is not StateShape.Map) writer.Number(1);
        if (shape is StateShape.Log) writer.Number(1);
        writer.Number(count);
        for (var i = 0; i < padding; i++) writer.Byte(0xFF);
    });

    /// <summary>A change that counts things of which some follow, and then bytes that begin nothing.</summary>
    private static byte[] Change(ChangeOfMany change, ulong count, byte[] items) => Written((ref FormatWriter writer) =>
    {
        writer.Byte(change.Kind);
        StateFormat.WriteKey(ref writer, new StateKey(0, change.Shape, "made-up", "count"));
        if (change.Kind >= 12) writer.Tag(StateRecordSamples.Tag);
        if (change.Kind is 4 or 6 or 9 or 12) writer.Flag(true);
        if (change.Kind is 6 or 12) writer.Number(0);
        writer.Number(count);
        foreach (var item in items) writer.Byte(item);
        for (var i = items.Length; i < Padding; i++) writer.Byte(0xFF);
    });

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
