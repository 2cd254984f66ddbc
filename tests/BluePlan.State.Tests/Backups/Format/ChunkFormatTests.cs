using System.Buffers.Binary;
using System.Security.Cryptography;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class ChunkFormatTests
{
    [TestCase(0, true)]
    [TestCase(1, true)]
    [TestCase(100_000, true)]
    [TestCase(100_000, false)]
    [TestCase(9_000_000, false)]
    public void Unpack_WhatWasPacked_ComesBack(int length, bool repetitive)
    {
        var records = repetitive ? new byte[length] : RandomNumberGenerator.GetBytes(length);

        using var chunk = ChunkFormat.Pack(records, 42);
        using var unpacked = ChunkFormat.Unpack(chunk.Written.Span, out var count);

        unpacked.Written.Span.SequenceEqual(records).Should().BeTrue();
        count.Should().Be(42);
        chunk.Written.Length.Should().BeLessThanOrEqualTo(length + 48, "what does not shrink is stored as it is");
        chunk.Written.Span[9].Should().Be((byte)(repetitive && length > 100 ? 1 : 0));
    }

    [Test]
    public void Pack_Header_IsAsDescribed()
    {
        using var chunk = ChunkFormat.Pack("abc"u8, 7);

        // The hash of "abc" is a known value of XXH3-128.
        Convert.ToHexStringLower(chunk.Written.Span).Should().Be("4250534348554e4b" + "01000001" + "07000000" + "0300000000000000" + "0300000000000000" + "06b05ab6733a618578af5f94892f3950" + "616263");
        ChunkFormat.Hash(chunk.Written.Span).Should().MatchRegex("^[0-9a-f]{64}$").And.Be(Convert.ToHexStringLower(SHA256.HashData(chunk.Written.Span)));
    }

    [TestCase(0, "begin")]
    [TestCase(8, "version 2")]
    [TestCase(9, "compression")]
    [TestCase(10, "encryption 1")]
    [TestCase(11, "form")]
    [TestCase(15, "header")]
    [TestCase(16, "decompress")]
    [TestCase(23, "header")]
    [TestCase(24, "header")]
    [TestCase(32, "checksum")]
    [TestCase(48, "decompress|checksum")]
    public void Unpack_OneByteOther_SaysWhat(int at, string what)
    {
        using var chunk = ChunkFormat.Pack(new byte[10_000], 1);
        var bytes = chunk.Written.ToArray();
        bytes[at] = (byte)(at is 8 ? 2 : at is 15 or 23 ? 0x80 : bytes[at] + 7);
        if (at is 10) bytes[at] = 1;

        FluentActions.Invoking(() => ChunkFormat.Unpack(bytes, out _)).Should().Throw<FormatException>().Which.Message.Should().MatchRegex(what);
    }

    [Test]
    public void Unpack_LengthBeyondAnyChunk_RefusesBeforeItTakesTheMemory()
    {
        using var chunk = ChunkFormat.Pack(new byte[10_000], 1);
        var bytes = chunk.Written.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), ChunkFormat.MaximumBytes + 1);

        FluentActions.Invoking(() => ChunkFormat.Unpack(bytes, out _)).Should().Throw<FormatException>().WithMessage("*header*");
    }

    [Test]
    public void Unpack_CutOff_Refuses()
    {
        using var chunk = ChunkFormat.Pack(RandomNumberGenerator.GetBytes(1_000), 1);

        for (var length = 0; length < chunk.Written.Length; length += 7)
            FluentActions.Invoking(() => ChunkFormat.Unpack(chunk.Written.Span[..length], out _)).Should().Throw<FormatException>();
    }
}
