using System.Runtime.CompilerServices;

namespace BluePlan.State.Storage;

/// <summary>Gathers items of which bytes say how many follow. It begins with no more memory than there are bytes, so that a number that is made up costs nothing.</summary>
internal ref struct ItemBuffer<T>
{
    private const int Least = 4;

    private readonly int _expected;
    private T[] _items;
    private int _count;

    /// <param name="expected">How many items are said to follow.</param>
    /// <param name="bytes">How many bytes there are.</param>
    public ItemBuffer(int expected, int bytes)
    {
        _expected = expected;
        _items = expected == 0 ? [] : new T[Math.Min(expected, Math.Max(Least, bytes / Unsafe.SizeOf<T>()))];
    }

    /// <summary>Whether all have come.</summary>
    public readonly bool IsComplete => _count == _expected;

    /// <summary>All items, once they have come.</summary>
    public readonly T[] Items => _items;

    public void Add(T item)
    {
        if (_count == _items.Length) Array.Resize(ref _items, (int)Math.Min(_expected, 2L * _count));
        _items[_count++] = item;
    }
}
