using System.Buffers;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class StateRecordCodecTests
{
    [Test]
    public void Read_EveryShapeAndExpiry_EqualsWhatWasWritten()
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var record in StateRecordSamples.All()) StateRecordCodec.Write(buffer, record);

        var read = new List<string>();
        for (var rest = buffer.WrittenSpan; !rest.IsEmpty;)
        {
            var record = StateRecordCodec.Read(rest, out var consumed);
            read.Add(StateRecordSamples.Picture(record));
            rest = rest[consumed..];
        }

        read.Should().Equal(StateRecordSamples.All().Select(StateRecordSamples.Picture));
    }

    [Test]
    public void Write_Version1_StaysAsItIs()
    {
        // The bytes of a released version decode for ever: a change of these is a new version.
        var buffer = new ArrayBufferWriter<byte>();
        var key = new StateKey(300, StateShape.Log, "messages", "a/ü");
        StateRecordCodec.Write(buffer, new(key, new LogContent([new(2, "hi"u8.ToArray(), "m1"), new(5, default)], 9, 2) { Expiry = StateExpiry.At(DateTimeOffset.FromUnixTimeMilliseconds(1_000)) }));

        Convert.ToHexStringLower(buffer.WrittenSpan).Should().Be("0100" + "ac02" + "02" + "086d65737361676573" + "04612fc3bc" + "02d00f" + "090202" + "0201026d31026869" + "030000");
    }

    [Test]
    public void Write_Version2_StaysAsItIs()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var key = new StateKey(300, StateShape.Log, "messages", "a/ü");
        StateRecordCodec.Write(buffer, new(key, new LogContent([new(2, "hi"u8.ToArray(), "m1"), new(5, default)], 9, 2) { Revision = StateRecordSamples.Tag }, Continues: true));

        Convert.ToHexStringLower(buffer.WrittenSpan).Should().Be("0201" + "ac02" + "02" + "086d65737361676573" + "04612fc3bc" + "00" + "00112233445566778899aabbccddeeff" + "090202" + "0201026d31026869" + "030000");
    }

    [TestCase("0200" + "01" + "00" + "0174" + "0169" + "00" + "00112233445566778899aabbccddeeff" + "00", TestName = "Read_Version2_OfADocument_IsCorrupt")]
    [TestCase("0200" + "01" + "02" + "0174" + "0169" + "00" + "00000000000000000000000000000000" + "000000", TestName = "Read_Version2_WithAnEmptyRevision_IsCorrupt")]
    [TestCase("0300" + "01" + "02" + "0174" + "0169" + "00" + "000000", TestName = "Read_Version3_IsCorrupt")]
    public void Read_Version2_Broken_IsCorrupt(string hex) =>
        FluentActions.Invoking(() => StateRecordCodec.Read(Convert.FromHexString(hex), out _)).Should().Throw<StateCorruptionException>();

    [Test]
    public void Read_EveryPrefix_IsCorrupt()
    {
        foreach (var record in StateRecordSamples.All())
        {
            var bytes = Encode(record);
            for (var length = 0; length < bytes.Length; length += bytes.Length > 10_000 ? 997 : 1)
            {
                var prefix = bytes[..length];
                FluentActions.Invoking(() => StateRecordCodec.Read(prefix, out _)).Should().Throw<StateCorruptionException>("{0} of {1} bytes are there", length, bytes.Length);
            }
        }
    }

    [Test]
    public void Read_EverySingleBitFlip_AnswersOrIsCorrupt()
    {
        foreach (var record in StateRecordSamples.All())
        {
            var bytes = Encode(record);
            for (var bit = 0; bit < Math.Min(bytes.Length, 200) * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                ReadHostile(bytes);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Test]
    public void Read_Noise_AnswersOrIsCorrupt()
    {
        var random = new Random(20260301);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 80)];
            random.NextBytes(bytes);
            (bytes[0], bytes[1 % bytes.Length]) = ((byte)random.Next(1, 3), (byte)random.Next(2));
            ReadHostile(bytes);
        }
    }

    [Test]
    public void Read_CountBeyondTheBytes_IsCorruptWithoutAllocating()
    {
        var bytes = Encode(new(new(0, StateShape.Index, "i", "i"), new IndexContent([], 0)));
        byte[] hostile = [.. bytes[..^1], 0xFF, 0xFF, 0xFF, 0xFF, 0x07];

        var before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => StateRecordCodec.Read(hostile, out _)).Should().Throw<StateCorruptionException>().WithMessage("*counts more*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Test]
    public void Write_UnresolvedExpiry_IsRefused()
    {
        var record = new StateRecord(new(0, StateShape.Document, "d", "d"), new DocumentContent(default, StateRecordSamples.Tag) { Expiry = StateExpiry.After(TimeSpan.FromHours(1)) });

        FluentActions.Invoking(() => Encode(record)).Should().Throw<ArgumentException>();
    }

    private static void ReadHostile(byte[] bytes)
    {
        try
        {
            StateRecordCodec.Read(bytes, out var consumed);
            consumed.Should().BeInRange(1, bytes.Length);
        }
        catch (StateCorruptionException)
        {
            // The only exception there may be: any other fails the test.
        }
    }

    private static byte[] Encode(StateRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        StateRecordCodec.Write(buffer, record);
        return buffer.WrittenSpan.ToArray();
    }
}
