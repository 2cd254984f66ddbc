namespace BluePlan.State.Storage;

/// <summary>Reads entries of a log, always answered in rising order. A log that was emptied is there, without entries.</summary>
public sealed record LogRead : StateRead<LogContent>
{
    /// <inheritdoc cref="LogRead"/>
    /// <param name="key">A key of shape <see cref="StateShape.Log"/>.</param>
    /// <param name="first">The lowest sequence wanted.</param>
    /// <param name="last">The highest sequence wanted.</param>
    /// <param name="limit">The most entries wanted; 0 = only the counts.</param>
    /// <param name="fromEnd">Whether a limit keeps the newest rather than the oldest of the range.</param>
    /// <exception cref="ArgumentException">The key has another shape or the limit is negative.</exception>
    public LogRead(StateKey key, long first = 1, long last = long.MaxValue, int limit = int.MaxValue, bool fromEnd = false) : base(key, StateShape.Log) =>
        (First, Last, Limit, FromEnd) = (first, last, CheckLimit(limit, nameof(limit)), fromEnd);

    /// <summary>Reads the entries that hold one of these ids, none of which stands there twice; those that are not there are left out of the answer.</summary>
    /// <exception cref="ArgumentException">The key has another shape, or an id breaks its rule.</exception>
    public LogRead(StateKey key, IReadOnlyList<string> ids) : this(key) => Ids = CheckNames(ids, nameof(ids));

    /// <summary>The lowest sequence wanted.</summary>
    public long First { get; }

    /// <summary>The highest sequence wanted.</summary>
    public long Last { get; }

    /// <summary>The most entries wanted; 0 = only the counts.</summary>
    public int Limit { get; }

    /// <summary>Whether a limit keeps the newest rather than the oldest of the range.</summary>
    public bool FromEnd { get; }

    /// <summary>The ids wanted, instead of a range; null = the range.</summary>
    public IReadOnlyList<string>? Ids { get; }
}
