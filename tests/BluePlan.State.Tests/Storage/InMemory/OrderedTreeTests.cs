using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class OrderedTreeTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 40).Select(i => $"m{i}"), "ü", "中", "\U0001F600", "\uFFFD"];

    [TestCase(1), TestCase(2), TestCase(3), TestCase(4)]
    public void SetAndRemove_RandomSequence_EqualsTheModelAndEveryFrozenView(int seed)
    {
        var random = new Random(seed);
        var tree = new OrderedTree<IndexMember, ByScore>();
        var model = new SortedSet<IndexMember>();
        var frozen = new List<(TreeView<IndexMember, ByScore> View, IndexMember[] Expected)>();
        // Grow, churn, shrink: so that splits, merges and the way back to nothing all happen.
        foreach (var (steps, adding) in new[] { (4_000, 80), (4_000, 50), (6_000, 15), (500, 60) })
        {
            for (var step = 0; step < steps; step++)
            {
                var item = new IndexMember(Names[random.Next(Names.Length)], random.Next(400));
                if (random.Next(100) < adding) tree.Set(item).Should().Be(model.Add(item));
                else tree.Remove(item).Should().Be(model.Remove(item));
                if (step % 97 == 0) tree.TryGet(item, out _).Should().Be(model.Contains(item));
                if (random.Next(500) == 0) frozen.Add((tree.Freeze(), [.. model]));
                if (random.Next(1000) == 0)
                {
                    frozen.Add((tree.View, [.. model]));
                    tree = tree.Fork();
                }
            }
            tree.Count.Should().Be(model.Count);
            tree.View.All().Should().Equal(model);
        }
        foreach (var (view, expected) in frozen)
        {
            view.Count.Should().Be(expected.Length);
            view.All().Should().Equal(expected);
        }
    }

    [Test]
    public void Collect_RandomRanges_EqualsTheModel()
    {
        var random = new Random(5);
        var tree = new OrderedTree<LogEntry, BySequence>();
        var sequences = Enumerable.Range(1, 3_000).Where(_ => random.Next(3) > 0).Select(i => (long)i).ToArray();
        foreach (var sequence in sequences) tree.Set(new(sequence, default));

        for (var round = 0; round < 2_000; round++)
        {
            var (low, high, limit) = (random.Next(-50, 3_050), random.Next(-50, 3_050), random.Next(4) == 0 ? int.MaxValue : random.Next(200));
            var (withLow, withHigh, descending) = (random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0);
            var range = TreeRange<LogEntry>.All;
            if (round % 3 > 0) range = range.From(new(low, default), withLow);
            if (round % 3 < 2) range = range.To(new(high, default), withHigh);
            var expected = sequences.Where(s => (!range.HasLow || s > low || (withLow && s == low)) && (!range.HasHigh || s < high || (withHigh && s == high)));
            if (descending) expected = expected.Reverse();

            tree.View.Collect(range, limit, descending).Select(e => e.Sequence).Should().Equal(expected.Take(limit));
        }
    }

    [Test]
    public void Set_Appended_FillsItsLeaves()
    {
        var tree = new OrderedTree<LogEntry, BySequence>();
        for (var i = 1; i <= 32_000; i++) tree.Set(new(i, default));

        Leaves(tree.View.Root).Average(l => l.Count).Should().BeGreaterThan(31);
    }

    [Test]
    public void Remove_MostOfIt_MergesLeaves()
    {
        var tree = new OrderedTree<LogEntry, BySequence>();
        for (var i = 1; i <= 32_000; i++) tree.Set(new(i, default));
        for (var i = 1; i <= 32_000; i++)
            if (i % 50 != 0) tree.Remove(new(i, default));

        tree.View.All().Select(e => e.Sequence).Should().Equal(Enumerable.Range(1, 640).Select(i => 50L * i));
        Leaves(tree.View.Root).Count().Should().BeLessThan(640 / 8 + 2);
    }

    private static IEnumerable<TreeNode<T>> Leaves<T>(TreeNode<T> node) =>
        node.Children is null ? [node] : node.Children.Take(node.Count).SelectMany(Leaves);
}
