namespace BluePlan.State.Storage;

/// <summary>A stretch of an ordered tree, each end with or without the bound itself, or open.</summary>
internal readonly struct TreeRange<T>
{
    private TreeRange(T low, bool hasLow, bool withLow, T high, bool hasHigh, bool withHigh) =>
        (Low, HasLow, WithLow, High, HasHigh, WithHigh) = (low, hasLow, withLow, high, hasHigh, withHigh);

    public T Low { get; }

    public bool HasLow { get; }

    public bool WithLow { get; }

    public T High { get; }

    public bool HasHigh { get; }

    public bool WithHigh { get; }

    public static TreeRange<T> All => default;

    public TreeRange<T> From(T low, bool with) => new(low, true, with, High, HasHigh, WithHigh);

    public TreeRange<T> To(T high, bool with) => new(Low, HasLow, WithLow, high, true, with);
}
