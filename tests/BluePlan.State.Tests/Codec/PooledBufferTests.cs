using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class PooledBufferTests
{
    [Test]
    public void Write_BeyondItsCapacity_KeepsEverything()
    {
        using var buffer = new PooledBuffer(1);
        var expected = new List<byte>();
        for (var i = 0; i < 3_000; i++)
        {
            buffer.Write((byte)i, (byte)(i >> 8));
            expected.AddRange([(byte)i, (byte)(i >> 8)]);
        }

        buffer.Written.ToArray().Should().Equal(expected);
    }

    [Test]
    public void GetSpan_BigHint_HasRoomForIt()
    {
        using var buffer = new PooledBuffer();
        buffer.Write(7);

        buffer.GetSpan(1_000_000).Length.Should().BeGreaterThanOrEqualTo(1_000_000);
        buffer.GetMemory(2_000_000).Length.Should().BeGreaterThanOrEqualTo(2_000_000);
        buffer.GetSpan().Length.Should().BePositive();
        buffer.Written.ToArray().Should().Equal(7);
    }

    [Test]
    public void Advance_BeyondWhatWasGiven_IsRefused()
    {
        using var buffer = new PooledBuffer();
        var room = buffer.GetSpan().Length;

        buffer.Invoking(b => b.Advance(room + 1)).Should().Throw<ArgumentOutOfRangeException>();
        buffer.Invoking(b => b.Advance(-1)).Should().Throw<ArgumentOutOfRangeException>();
        buffer.Advance(room);
        buffer.Written.Length.Should().Be(room);
    }

    [Test]
    public void Dispose_Twice_IsHarmless()
    {
        var buffer = new PooledBuffer();
        buffer.Write(1, 2, 3);

        buffer.Dispose();
        buffer.Dispose();

        buffer.Written.IsEmpty.Should().BeTrue();
    }
}
