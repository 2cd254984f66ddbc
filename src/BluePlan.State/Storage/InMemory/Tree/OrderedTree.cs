using System.Diagnostics.CodeAnalysis;

namespace BluePlan.State.Storage;

/// <summary>
/// An ordered set of items as a B+ tree that can be frozen at no cost: nodes carry their owner, and what the tree does not own it copies before it changes it. So a long read, an
/// export or a checkpoint takes a view and lets the writers go on.
/// </summary>
/// <remarks>Not safe for several threads at once; frozen views are. Nodes are merged when two neighbours fit in three quarters of one, so that a tree which shrank gives its memory back.</remarks>
internal sealed class OrderedTree<T, TOrder> where TOrder : struct, ITreeOrder<T>
{
    private const int Capacity = TreeNode<T>.Capacity;

    private object _owner = new();
    private TreeNode<T> _root;

    public OrderedTree() => _root = new(_owner, [], null, 0);

    private OrderedTree(TreeNode<T> root, int count) => (_root, Count) = (root, count);

    public int Count { get; private set; }

    /// <summary>Reads the tree as it is; good until the next change.</summary>
    public TreeView<T, TOrder> View => new(_root, Count);

    /// <summary>Reads the tree as it is now, for ever.</summary>
    public TreeView<T, TOrder> Freeze()
    {
        _owner = new();
        return new(_root, Count);
    }

    /// <summary>A tree of the same items that changes by itself. This one must not be changed any more.</summary>
    public OrderedTree<T, TOrder> Fork() => new(_root, Count);

    public bool TryGet(in T probe, [MaybeNullWhen(false)] out T item) => View.TryGet(probe, out item);

    /// <summary>Inserts an item or replaces its equal. True when it is new.</summary>
    public bool Set(in T item)
    {
        _root = Own(_root);
        var right = Set(_root, item, out var added);
        if (right is not null) _root = Join(_root, right);
        if (added) Count++;
        return added;
    }

    /// <summary>Removes the item that equals the probe. True when it was there.</summary>
    public bool Remove(in T probe)
    {
        if (!TryGet(probe, out _)) return false;
        _root = Own(_root);
        Remove(_root, probe);
        while (_root is { Children: { } children, Count: 1 }) _root = children[0];
        if (_root is { Children: not null, Count: 0 }) _root = new(_owner, [], null, 0);
        Count--;
        return true;
    }

    private TreeNode<T> Own(TreeNode<T> node) => ReferenceEquals(node.Owner, _owner) ? node : node.CopyFor(_owner);

    private TreeNode<T> Join(TreeNode<T> left, TreeNode<T> right)
    {
        var root = new TreeNode<T>(_owner, new T[4], new TreeNode<T>[4], 0);
        root.Insert(0, left.Items[0], left);
        root.Insert(1, right.Items[0], right);
        return root;
    }

    /// <summary>Sets an item below a node of this tree's own; answers the new right neighbour when the node had to be split.</summary>
    private TreeNode<T>? Set(TreeNode<T> node, in T item, out bool added)
    {
        if (node.Children is not { } children)
        {
            var at = TreeView<T, TOrder>.LowerBound(node, item);
            added = at == node.Count || TOrder.Compare(node.Items[at], item) != 0;
            if (added) return Insert(node, at, item, null);
            node.Items[at] = item;
            return null;
        }
        var place = TreeView<T, TOrder>.ChildOf(node, item);
        var child = children[place] = Own(children[place]);
        var right = Set(child, item, out added);
        return right is null ? null : Insert(node, place + 1, right.Items[0], right);
    }

    private static TreeNode<T>? Insert(TreeNode<T> node, int at, in T item, TreeNode<T>? child)
    {
        if (node.Count < Capacity)
        {
            node.Insert(at, item, child);
            return null;
        }
        // What is appended at the end leaves full nodes behind; all else splits in the middle.
        var right = node.SplitAt(at == Capacity ? Capacity : Capacity / 2);
        if (at <= node.Count && node.Count < Capacity) node.Insert(at, item, child);
        else right.Insert(at - node.Count, item, child);
        return right;
    }

    private void Remove(TreeNode<T> node, in T probe)
    {
        if (node.Children is not { } children)
        {
            node.RemoveAt(TreeView<T, TOrder>.LowerBound(node, probe));
            return;
        }
        var place = TreeView<T, TOrder>.ChildOf(node, probe);
        var child = children[place] = Own(children[place]);
        Remove(child, probe);
        if (child.Count == 0) node.RemoveAt(place);
        else if (child.Count < Capacity / 4) Merge(node, place);
    }

    private void Merge(TreeNode<T> parent, int place)
    {
        var left = Math.Max(0, place - 1);
        if (left + 1 >= parent.Count) return;
        var children = parent.Children!;
        if (children[left].Count + children[left + 1].Count > Capacity * 3 / 4) return;
        children[left] = Own(children[left]);
        children[left].Append(children[left + 1], parent.Items[left + 1]);
        parent.RemoveAt(left + 1);
    }
}
