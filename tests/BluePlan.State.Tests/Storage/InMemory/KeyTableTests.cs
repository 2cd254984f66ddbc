using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class KeyTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [TestCase(1), TestCase(2)]
    public void SetAndRemove_RandomSequence_EqualsTheModelAndEverySnapshot(int seed)
    {
        var random = new Random(seed);
        var table = new KeyTable();
        var model = new Dictionary<StateKey, object>();
        var snapshots = new List<(KeySnapshot Snapshot, Dictionary<StateKey, object> Expected)>();
        for (var step = 0; step < 30_000; step++)
        {
            var key = Key(random.Next(6_000));
            if (random.Next(3) > 0) table.Set(key, model[key] = Document(default), step);
            else table.Remove(key, step).Should().Be(model.Remove(key));
            if (step % 3_000 == 0) snapshots.Add((table.TakeSnapshot(), new(model)));
        }

        table.Count.Should().Be(model.Count);
        for (var i = 0; i < 6_000; i++) table.Find(Key(i))?.Content.Should().BeSameAs(model.GetValueOrDefault(Key(i)));
        table.SegmentCount.Should().BeGreaterThan(8);
        foreach (var (snapshot, expected) in snapshots)
        {
            snapshot.Count.Should().Be(expected.Count);
            snapshot.Nodes().ToDictionary(n => n.Key(0), n => n.Content).Should().Equal(expected);
        }
    }

    [Test]
    public void Find_SameIdOtherShapeOrType_AreDifferentKeys()
    {
        var table = new KeyTable();
        StateKey[] keys = [new(0, StateShape.Document, "a", "id"), new(0, StateShape.Map, "a", "id"), new(0, StateShape.Document, "b", "id"), new(0, StateShape.Document, "a", "id2")];
        foreach (var key in keys) table.Set(key, Document(default), 0);

        table.Count.Should().Be(4);
        table.Remove(keys[1], 0).Should().BeTrue();
        keys.Select(k => table.Find(k) is not null).Should().Equal(true, false, true, true);
    }

    [Test]
    public void Sweep_AllBuckets_RemovesExactlyTheExpired()
    {
        var table = new KeyTable();
        for (var i = 0; i < 5_000; i++) table.Set(Key(i), Document(i % 3 == 0 ? StateExpiry.At(Now) : i % 3 == 1 ? StateExpiry.At(Now.AddSeconds(1)) : default), 0);

        var swept = 0;
        for (var segment = 0; segment < table.SegmentCount; segment++)
            for (var bucket = 0; bucket < KeySegment.Size; bucket++) swept += table.Sweep(segment, bucket, Now);

        swept.Should().Be(1_667);
        table.Count.Should().Be(5_000 - 1_667);
        Enumerable.Range(0, 5_000).Should().OnlyContain(i => table.Find(Key(i), KeyTable.HashOf(Key(i))) != null == (i % 3 != 0));
    }

    [Test]
    public async Task Find_WhileTheTableGrows_FindsWhatWasThereBefore()
    {
        var table = new KeyTable();
        for (var i = 0; i < 1_000; i++) table.Set(Key(i), Document(default), 0);
        using var grown = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var missed = 0;
            do
                for (var i = 0; i < 1_000; i++) missed += table.Find(Key(i)) is null ? 1 : 0;
            while (!grown.IsCancellationRequested);
            return missed;
        });

        for (var i = 1_000; i < 30_000; i++)
        {
            table.Set(Key(i), Document(default), 0);
            table.Set(Key(i % 1_000), Document(default), 0);
            if (i % 10_000 == 0) table.TakeSnapshot();
        }
        await grown.CancelAsync();

        (await reader).Should().Be(0);
    }

    [Test]
    public void Set_TableGrows_LeavesMostNodesWhereTheyAre()
    {
        var table = new KeyTable();
        var nodes = Enumerable.Range(0, 1_000).Select(i => table.Set(Key(i), Document(default), 0)).ToList();
        for (var i = 1_000; i < 30_000; i++) table.Set(Key(i), Document(default), 0);

        nodes.Count(n => ReferenceEquals(table.Find(n.Key(0)), n)).Should().BeGreaterThan(600);
    }

    private static StateKey Key(int number) => new(0, StateShape.Document, "sample", $"key-{number}");

    private static DocumentContent Document(StateExpiry expiry) => new(default, StateETag.New()) { Expiry = expiry };
}
