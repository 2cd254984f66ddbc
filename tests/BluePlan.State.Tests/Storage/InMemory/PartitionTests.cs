using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class PartitionTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StateExpiry Hour = StateExpiry.Sliding(TimeSpan.FromHours(1));

    [TestCase(1), TestCase(2), TestCase(3)]
    public void SweepSome_AfterAnyHistory_LeavesExactlyWhatLives(int seed)
    {
        var random = new Random(seed);
        var partition = new Partition(0);
        var now = Start;
        var living = new Dictionary<StateKey, StateExpiry>();
        for (var step = 0; step < 20_000; step++)
        {
            now = now.AddMilliseconds(random.Next(20));
            var key = new StateKey(0, random.Next(4) == 0 ? StateShape.Map : StateShape.Document, "sample", $"{random.Next(3_000)}");
            var node = partition.Find(key, now);
            var expiry = random.Next(3) == 0 ? StateExpiry.Never : StateExpiry.After(TimeSpan.FromSeconds(random.Next(1, 300))).Resolve(now);
            if (random.Next(8) == 0) Apply(new DeleteChange(key));
            else if (key.Shape is StateShape.Map)
            {
                Apply(new SetFieldsChange(key, [new("f", default)], Fresh: true));
                Apply(new ExpireChange(key, expiry));
            }
            else if (node is null || random.Next(2) == 0) Apply(new PutDocumentChange(key, Content(random.Next(2) == 0 ? expiry : Hour.Resolve(now))));
            else partition.Touch(node, StateExpiry.Sliding(TimeSpan.FromSeconds(random.Next(1, 3_600))).Slide(now), remember: false);
            if (partition.Find(key, now) is { } found) living[key] = found.Expiry;
            else living.Remove(key);
            if (random.Next(100) == 0) partition.Keys.TakeSnapshot();
            partition.SweepSome(now);
        }
        partition.Keys.SegmentCount.Should().BeGreaterThan(4);

        for (var round = 0; round < 3; round++)
        {
            now = now.AddMinutes(2);
            for (var i = 0; i < 2 * partition.Keys.SegmentCount * KeySegment.Size; i++) partition.SweepSome(now);
            partition.Keys.TakeSnapshot().Nodes().ToDictionary(static n => n.Key(0), static n => n.Expiry).Should().Equal(living.Where(k => !k.Value.IsExpiredAt(now)).ToDictionary());
        }

        void Apply(StateChange change) => partition.Apply([change], 0);
    }

    [TestCase(false), TestCase(true)]
    public void SweepSome_NothingExpires_PassesOverASegmentAtOnce(bool expireLater)
    {
        var partition = new Partition(0);
        for (var i = 0; i < 1_000; i++) Put(partition, Key(i), expireLater && i % 2 == 0 ? Hour.Resolve(Start) : StateExpiry.Never);
        Put(partition, Key(1_000), StateExpiry.At(Start));
        var segments = partition.Keys.SegmentCount;

        for (var i = 0; i < segments - 1 + KeySegment.Size / 4; i++) partition.SweepSome(Start);

        partition.Keys.Count.Should().Be(1_000);
    }

    [TestCase("touched"), TestCase("map"), TestCase("moved")]
    public void SweepSome_OnlyOneKeyExpires_FindsIt(string how)
    {
        var partition = new Partition(3);
        var soon = StateExpiry.At(Start.AddMinutes(1));
        var key = new StateKey(3, how == "map" ? StateShape.Map : StateShape.Document, "sample", "key-0");
        if (how == "map")
            partition.Apply([new SetFieldsChange(key, [new("f", default)], Fresh: true), new ExpireChange(key, soon)], 0);
        else
            Put(partition, key, how == "moved" ? soon : Hour.Resolve(Start));
        // The clock was set back.
        if (how == "touched") partition.Touch(partition.Find(key, Start)!, Hour.Resolve(Start.AddMinutes(-59)), remember: false);
        if (how == "moved")
        {
            Put(partition, Key(1), StateExpiry.At(Start));
            partition.SweepSome(Start);
            // The sweep is within the segment as that is split.
            for (var i = 2; i < 2_000; i++) Put(partition, Key(i), default);
            partition.Apply([new DeleteChange(Key(1))], 0);
        }
        var count = partition.Keys.Count;

        for (var i = 0; i < 2 * partition.Keys.SegmentCount * KeySegment.Size; i++) partition.SweepSome(Start.AddMinutes(2));

        partition.Keys.Count.Should().Be(count - 1);
    }

    [Test]
    public void ExpiryOf_TouchedDocuments_SaysThatOfEachThatIsStillThereOnce()
    {
        var partition = new Partition(3);
        for (var i = 0; i < 4; i++) Put(partition, Key(i), Hour.Resolve(Start));
        for (var minute = 1; minute < 3; minute++)
            for (var i = 0; i < 4; i++) Touch(i, Hour.Resolve(Start.AddMinutes(minute)));
        Put(partition, Key(1), StateExpiry.Never);
        partition.Apply([new DeleteChange(Key(2))], 0);
        Touch(3, StateExpiry.Sliding(TimeSpan.FromHours(2)).Resolve(Start));
        for (var i = 10; i < 1_000; i++) Put(partition, Key(i), default);
        partition.Keys.SegmentCount.Should().BeGreaterThan(3, "growing copies what it moves");

        var touched = partition.TakeTouched();
        partition.ExpiryOf(touched).Should().Equal(
            new ExpireChange(Key(0), Hour.Resolve(Start.AddMinutes(2))), new ExpireChange(Key(3), StateExpiry.Sliding(TimeSpan.FromHours(2)).Resolve(Start)));

        partition.ExpiryOf(touched).Should().BeEmpty("the journal was told");
        Touch(0, Hour.Resolve(Start.AddMinutes(3)));
        partition.ExpiryOf(partition.TakeTouched()).Should().Equal(new ExpireChange(Key(0), Hour.Resolve(Start.AddMinutes(3))));
        partition.TakeTouched().Should().BeEmpty();

        void Touch(int i, StateExpiry expiry) => partition.Touch(partition.Find(Key(i), Start)!, expiry, remember: true);
    }

    private static StateKey Key(int number) => new(3, StateShape.Document, "sample", $"key-{number}");

    private static DocumentContent Content(StateExpiry expiry) => new(default, StateETag.New()) { Expiry = expiry };

    private static void Put(Partition partition, StateKey key, StateExpiry expiry) => partition.Apply([new PutDocumentChange(key, Content(expiry))], 0);
}
