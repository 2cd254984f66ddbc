using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace BluePlan.State.Storage;

/// <summary>Reads an ordered tree. A frozen view stays as it is; one of a living tree is good until the next change.</summary>
internal readonly struct TreeView<T, TOrder>(TreeNode<T> root, int count) where TOrder : struct, ITreeOrder<T>
{
    public TreeNode<T> Root => root;

    public int Count => count;

    public bool TryGet(in T probe, [MaybeNullWhen(false)] out T item)
    {
        var node = root;
        while (node.Children is { } children) node = children[ChildOf(node, probe)];
        var at = LowerBound(node, probe);
        var found = at < node.Count && TOrder.Compare(node.Items[at], probe) == 0;
        item = found ? node.Items[at] : default;
        return found;
    }

    /// <summary>The items of a range, in rising or falling order, at most <paramref name="limit"/>.</summary>
    public List<T> Collect(in TreeRange<T> range, int limit = int.MaxValue, bool descending = false)
    {
        var found = new List<T>(Math.Min(Math.Min(limit, count), TreeNode<T>.Capacity));
        if (limit > 0) _ = descending ? Descend(root, range, range.HasHigh, limit, found) : Ascend(root, range, range.HasLow, limit, found);
        return found;
    }

    /// <summary>All items in rising order, one by one.</summary>
    public IEnumerable<T> All()
    {
        var path = new Stack<(TreeNode<T> Node, int Next)>();
        path.Push((root, 0));
        while (path.TryPop(out var place))
        {
            var (node, next) = place;
            if (node.Children is null)
            {
                for (var i = 0; i < node.Count; i++) yield return node.Items[i];
            }
            else if (next < node.Count)
            {
                path.Push((node, next + 1));
                path.Push((node.Children[next], 0));
            }
        }
    }

    /// <summary>The child that holds the probe, if one does.</summary>
    internal static int ChildOf(TreeNode<T> branch, in T probe)
    {
        var (low, high) = (1, branch.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (TOrder.Compare(branch.Items[middle], probe) <= 0) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    /// <summary>The first place in a leaf whose item does not come before the probe.</summary>
    internal static int LowerBound(TreeNode<T> leaf, in T probe)
    {
        var (low, high) = (0, leaf.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (TOrder.Compare(leaf.Items[middle], probe) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static int UpperBound(TreeNode<T> leaf, in T probe)
    {
        var at = LowerBound(leaf, probe);
        return at < leaf.Count && TOrder.Compare(leaf.Items[at], probe) == 0 ? at + 1 : at;
    }

    private static int Begin(TreeNode<T> leaf, in TreeRange<T> range) => range.WithLow ? LowerBound(leaf, range.Low) : UpperBound(leaf, range.Low);

    private static int End(TreeNode<T> leaf, in TreeRange<T> range) => range.WithHigh ? UpperBound(leaf, range.High) : LowerBound(leaf, range.High);

    // Each returns whether to go on.
    private static bool Ascend(TreeNode<T> node, in TreeRange<T> range, bool atLow, int limit, List<T> found)
    {
        if (node.Children is { } children)
        {
            var first = atLow ? ChildOf(node, range.Low) : 0;
            for (var i = first; i < node.Count; i++)
                if (!Ascend(children[i], range, atLow && i == first, limit, found)) return false;
            return true;
        }
        var begin = atLow ? Begin(node, range) : 0;
        var end = range.HasHigh ? End(node, range) : node.Count;
        var take = Math.Min(end - begin, limit - found.Count);
        if (take > 0) found.AddRange(node.Items.AsSpan(begin, take));
        return end == node.Count && found.Count < limit;
    }

    private static bool Descend(TreeNode<T> node, in TreeRange<T> range, bool atHigh, int limit, List<T> found)
    {
        if (node.Children is { } children)
        {
            var first = atHigh ? ChildOf(node, range.High) : node.Count - 1;
            for (var i = first; i >= 0; i--)
                if (!Descend(children[i], range, atHigh && i == first, limit, found)) return false;
            return true;
        }
        var begin = range.HasLow ? Begin(node, range) : 0;
        var end = atHigh ? End(node, range) : node.Count;
        var take = Math.Min(end - begin, limit - found.Count);
        if (take > 0)
        {
            var place = found.Count;
            CollectionsMarshal.SetCount(found, place + take);
            var into = CollectionsMarshal.AsSpan(found)[place..];
            node.Items.AsSpan(end - take, take).CopyTo(into);
            into.Reverse();
        }
        return begin == 0 && found.Count < limit;
    }
}
