using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class JsonLinesTests
{
    private static async Task<List<(int, string)>> ReadAsync(Stream source)
    {
        var lines = new List<(int, string)>();
        await foreach (var (number, line) in JsonLines.ReadAsync(source, default)) lines.Add((number, Encoding.UTF8.GetString(line.Span)));
        return lines;
    }

    [Test]
    public async Task ReadAsync_EndsBlanksAndMark_AreLeftOut()
    {
        var bytes = "\uFEFFa\r\n\n  \t\r\n b \nc"u8.ToArray();

        (await ReadAsync(new MemoryStream(bytes))).Should().Equal((1, "a"), (4, "b"), (5, "c"));
    }

    [TestCase("")]
    [TestCase("\n\n")]
    [TestCase("\uFEFF")]
    public async Task ReadAsync_NothingThere_IsEmpty(string text) => (await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)))).Should().BeEmpty();

    [Test]
    public async Task ReadAsync_LongLinesInSmallReads_AreWhole()
    {
        string[] lines = [new('a', 65_535), new('b', 65_536), new('c', 300_000), "d", new('e', 200_000)];
        var source = new DripStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)), 7_001);

        (await ReadAsync(source)).Should().Equal(lines.Select(static (l, i) => (i + 1, l)));
    }

    /// <summary>A stream that gives a few bytes at a time.</summary>
    private sealed class DripStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
