namespace BluePlan.State.Storage;

/// <summary>A leaf with items, or a branch with children and, for each child but the first, an item that nothing in the child comes before and everything in the child to its left does.</summary>
/// <param name="owner">The tree that may change the node in place. For all others it never changes.</param>
/// <param name="items">Items of a leaf; lower bounds of a branch, of which the first means nothing.</param>
/// <param name="children">Null = a leaf.</param>
/// <param name="count">How many items or children are in use.</param>
internal sealed class TreeNode<T>(object owner, T[] items, TreeNode<T>[]? children, int count)
{
    public const int Capacity = 32;

    public readonly object Owner = owner;

    public T[] Items = items;

    public TreeNode<T>[]? Children = children;

    public int Count = count;

    public TreeNode<T> CopyFor(object owner) => new(owner, [.. Items], Children is null ? null : [.. Children], Count);

    /// <summary>Puts an item, and for a branch its child, at a place. There must be room.</summary>
    public void Insert(int at, in T item, TreeNode<T>? child)
    {
        if (Count == Items.Length)
        {
            var capacity = Math.Min(Capacity, Math.Max(4, Count * 2));
            Array.Resize(ref Items, capacity);
            if (Children is not null) Array.Resize(ref Children, capacity);
        }
        Array.Copy(Items, at, Items, at + 1, Count - at);
        Items[at] = item;
        if (Children is not null)
        {
            Array.Copy(Children, at, Children, at + 1, Count - at);
            Children[at] = child!;
        }
        Count++;
    }

    public void RemoveAt(int at)
    {
        Count--;
        Array.Copy(Items, at + 1, Items, at, Count - at);
        Items[Count] = default!;
        if (Children is null) return;
        Array.Copy(Children, at + 1, Children, at, Count - at);
        Children[Count] = null!;
    }

    /// <summary>Moves what stands at a place and behind it into a new node.</summary>
    public TreeNode<T> SplitAt(int at)
    {
        var moved = Count - at;
        var right = new TreeNode<T>(Owner, new T[Capacity], Children is null ? null : new TreeNode<T>[Capacity], moved);
        Array.Copy(Items, at, right.Items, 0, moved);
        Array.Clear(Items, at, moved);
        if (Children is not null)
        {
            Array.Copy(Children, at, right.Children!, 0, moved);
            Array.Clear(Children, at, moved);
        }
        Count = at;
        return right;
    }

    /// <summary>Appends all of a right neighbour, of which <paramref name="bound"/> is the lower bound.</summary>
    public void Append(TreeNode<T> right, in T bound)
    {
        var total = Count + right.Count;
        if (Items.Length < total)
        {
            Array.Resize(ref Items, Capacity);
            if (Children is not null) Array.Resize(ref Children, Capacity);
        }
        Array.Copy(right.Items, 0, Items, Count, right.Count);
        if (Children is not null)
        {
            Items[Count] = bound;
            Array.Copy(right.Children!, 0, Children, Count, right.Count);
        }
        Count = total;
    }
}
