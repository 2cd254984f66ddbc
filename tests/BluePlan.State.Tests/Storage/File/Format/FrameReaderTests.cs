using System.Buffers;
using BluePlan.State.Storage;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Whatever bytes the readers of the journal and of snapshots are given, they answer, or throw <see cref="StateCorruptionException"/>, and nothing else.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FrameReaderTests
{
    private static readonly StoreIdentity Store = new(UInt128.MaxValue / 3, CommitDraw.Partitions, 1);

    private static readonly Arbitrary<int[]> Numbers = ArbMap.Default.ArbFor<int>().Generator.ArrayOf(16).ToArbitrary();

    [Test]
    public void Read_AnyBytes_AnswersOrSaysThatTheyAreDamaged()
    {
        var (read, refused) = (0, 0);
        Check(1, TestSeeds.Rounds(15_000), numbers =>
        {
            try
            {
                var changes = StateChangeCodec.Read(Edited(Encoded(Changes(numbers)), numbers), 0);
                read++;
                // What can be read can be written, and read again as the same.
                return Encoded(StateChangeCodec.Read(Encoded(changes), 0)).AsSpan().SequenceEqual(Encoded(changes));
            }
            catch (StateCorruptionException)
            {
                refused++;
                return true;
            }
        });
        TestContext.Out.WriteLine($"{read} bodies read, {refused} refused");
        read.Should().BePositive();
        refused.Should().BePositive();
    }

    [Test]
    public void TryReadFrame_AnyBytes_FindsOnlyWhatWasSealed()
    {
        var (whole, none) = (0, 0);
        Check(2, TestSeeds.Rounds(15_000), numbers =>
        {
            var body = Encoded(Changes(numbers));
            var frame = new byte[JournalFormat.FrameBytes(body.Length)];
            JournalFormat.WriteFrame(frame, 77, DateTimeOffset.UnixEpoch, 0, JournalFormat.CommitKind, body);
            JournalFormat.Seal(frame, Store, 0);
            var edited = Edited(frame, numbers);
            if (!JournalFormat.TryReadFrame(edited, Store, out var header))
            {
                none++;
                return true;
            }
            whole++;
            // The zeros that fill it up are not read.
            var used = JournalFormat.FrameHeaderBytes + body.Length;
            return edited.AsSpan(0, used).SequenceEqual(frame.AsSpan(0, used)) && (header.Sequence, header.BodyBytes, header.Bytes <= edited.Length) == (77, body.Length, true);
        });
        TestContext.Out.WriteLine($"{whole} frames found, {none} not");
        whole.Should().BePositive();
        none.Should().BePositive();
    }

    private static void Check(int test, int runs, Func<int[], bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(runs).WithQuietOnSuccess(true).WithReplay(new Replay(new Rnd((ulong)TestSeeds.Next(test), 1), null)), Prop.ForAll(Numbers, holds));

    private static List<StateChange> Changes(int[] numbers)
    {
        int Next(int place, int choices) => (int)((uint)numbers[place] % choices);
        var key = new StateKey(0, (StateShape)Next(0, 4), "t", $"k{Next(1, 3)}");
        var revision = Next(14, 2) == 0 ? default : StateRecordSamples.Tag;
        var value = Enumerable.Repeat((byte)numbers[2], Next(3, 20)).ToArray();
        return
        [
            key.Shape switch
            {
                StateShape.Document => new PutDocumentChange(key, new(value, StateETag.New()) { Expiry = Next(4, 2) == 0 ? StateExpiry.Never : StateExpiry.At(DateTimeOffset.UnixEpoch.AddDays(Next(5, 30_000))) }),
                StateShape.Map => new SetFieldsChange(key, [new("f", new(value)), new("c", new(new long[] { numbers[5], -1 }))], Next(4, 2) == 0),
                StateShape.Log => new AppendChange(key, [new(1 + Next(5, 9), value, "id"), new(20, value)], Next(6, 5), Next(4, 2) == 0, revision),
                _ => new SetScoresChange(key, [new("m", numbers[5]), new("n", -1)], Next(4, 2) == 0),
            },
            Next(7, 4) switch { 0 => new DeleteChange(key), 1 when key.Shape is StateShape.Log => new RemoveEntriesChange(key, [new(1, 5)], revision), 2 when key.Shape is StateShape.Log => new ReplaceEntryChange(key, new(1, value, "id"), revision), _ => new ExpireChange(key, StateExpiry.At(DateTimeOffset.UnixEpoch)) },
        ];
    }

    private static byte[] Encoded(List<StateChange> changes)
    {
        var output = new ArrayBufferWriter<byte>();
        StateChangeCodec.Write(output, changes);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Bytes changed, cut out, doubled, put in or cut off; or not, when the numbers are zeros.</summary>
    private static byte[] Edited(byte[] bytes, int[] numbers)
    {
        var result = bytes.ToList();
        for (var edit = 8; edit + 2 < numbers.Length && result.Count > 0; edit += 3)
        {
            var (at, size) = ((int)((uint)numbers[edit + 1] % result.Count), 1 + (int)((uint)numbers[edit + 2] % 9));
            switch ((uint)numbers[edit] % 8)
            {
                case 1:
                    result[at] ^= (byte)(1 << (size % 8));
                    break;
                case 2:
                    result[at] = (byte)numbers[edit + 2];
                    break;
                case 3:
                    result.RemoveRange(at, Math.Min(size, result.Count - at));
                    break;
                case 4:
                    result.InsertRange(at, result.GetRange(at, Math.Min(size, result.Count - at)));
                    break;
                case 5:
                    result.InsertRange(at, Enumerable.Repeat((byte)0xFF, size));
                    break;
                case 6:
                    result.RemoveRange(at, result.Count - at);
                    break;
            }
        }
        return [.. result];
    }
}
