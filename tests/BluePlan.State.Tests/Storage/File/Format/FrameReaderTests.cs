using System.Buffers;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Whatever bytes the readers of the journal and of snapshots are given, they answer, or throw <see cref="StateCorruptionException"/>, and nothing else.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FrameReaderTests
{
    private static readonly StoreIdentity Store = new(UInt128.MaxValue / 3, CommitDraw.Partitions, 1);

    [Test]
    public void Read_AnyBytes_AnswersOrSaysThatTheyAreDamaged([Range(1, 2)] int test)
    {
        var random = new Random(TestSeeds.Next(test));
        var (read, refused) = (0, 0);
        for (var i = 0; i < TestSeeds.Rounds(15_000); i++)
        {
            var body = Mutated(random, Changes(random));
            try
            {
                var changes = StateChangeCodec.Read(body, 0);
                // What can be read can be written, and read again as the same.
                Encoded(StateChangeCodec.Read(Encoded(changes), 0)).Should().Equal(Encoded(changes));
                read++;
            }
            catch (StateCorruptionException)
            {
                refused++;
            }
        }
        TestContext.Out.WriteLine($"{read} bodies read, {refused} refused");
        read.Should().BePositive();
        refused.Should().BePositive();
    }

    [Test]
    public void TryReadFrame_AnyBytes_FindsOnlyWhatWasSealed()
    {
        var random = new Random(TestSeeds.Next(3));
        var (whole, none) = (0, 0);
        for (var i = 0; i < TestSeeds.Rounds(30_000); i++)
        {
            var body = Encoded(Changes(random));
            var frame = new byte[JournalFormat.FrameBytes(body.Length)];
            JournalFormat.WriteFrame(frame, i, DateTimeOffset.UnixEpoch, 0, JournalFormat.CommitKind, body);
            JournalFormat.Seal(frame, Store, 0);
            var changed = Mutated(random, frame);
            var found = JournalFormat.TryReadFrame(changed, Store, out var header);
            if (found)
            {
                // The zeros that fill it up are not read.
                changed.AsSpan(0, JournalFormat.FrameHeaderBytes + body.Length).SequenceEqual(frame.AsSpan(0, JournalFormat.FrameHeaderBytes + body.Length)).Should().BeTrue();
                (header.Sequence, header.BodyBytes, header.Bytes <= changed.Length).Should().Be((i, body.Length, true));
                whole++;
            }
            else none++;
        }
        TestContext.Out.WriteLine($"{whole} frames found, {none} not");
        whole.Should().BePositive();
        none.Should().BePositive();
    }

    private static List<StateChange> Changes(Random random)
    {
        var key = new StateKey(0, (StateShape)random.Next(4), "t", $"k{random.Next(3)}");
        var value = new byte[random.Next(20)];
        random.NextBytes(value);
        return
        [
            key.Shape switch
            {
                StateShape.Document => new PutDocumentChange(key, new(value, StateETag.New()) { Expiry = random.Next(2) == 0 ? StateExpiry.Never : StateExpiry.At(DateTimeOffset.UnixEpoch.AddDays(random.Next(30_000))) }),
                StateShape.Map => new SetFieldsChange(key, [new("f", new(value)), new("c", new(new[] { random.NextInt64(1L << 50), -1 }))], random.Next(2) == 0),
                StateShape.Log => new AppendChange(key, [new(1 + random.Next(9), value, "id"), new(20, value)], random.Next(5), random.Next(2) == 0),
                _ => new SetScoresChange(key, [new("m", random.Next()), new("n", -random.Next())], random.Next(2) == 0),
            },
            random.Next(4) switch { 0 => new DeleteChange(key), 1 => new ExpireChange(key, StateExpiry.At(DateTimeOffset.UnixEpoch)), 2 when key.Shape is StateShape.Log => new RemoveEntriesChange(key, [new(1, 5)]), _ => new DeleteChange(key) },
        ];
    }

    private static byte[] Encoded(List<StateChange> changes)
    {
        var output = new ArrayBufferWriter<byte>();
        StateChangeCodec.Write(output, changes);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Mutated(Random random, List<StateChange> changes) => Mutated(random, Encoded(changes));

    /// <summary>Bytes changed, cut out, doubled, put in or cut off; or not, now and then.</summary>
    private static byte[] Mutated(Random random, byte[] bytes)
    {
        var result = bytes.ToList();
        for (var left = random.Next(4); left > 0 && result.Count > 0; left--)
        {
            var at = random.Next(result.Count);
            switch (random.Next(6))
            {
                case 0:
                    result[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    result[at] = (byte)random.Next(256);
                    break;
                case 2:
                    result.RemoveRange(at, Math.Min(random.Next(1, 9), result.Count - at));
                    break;
                case 3:
                    result.InsertRange(at, result.GetRange(at, Math.Min(random.Next(1, 9), result.Count - at)));
                    break;
                case 4:
                    result.InsertRange(at, Enumerable.Repeat((byte)0xFF, random.Next(1, 10)));
                    break;
                default:
                    result.RemoveRange(at, result.Count - at);
                    break;
            }
        }
        return [.. result];
    }
}
