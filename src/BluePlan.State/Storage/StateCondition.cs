namespace BluePlan.State;

/// <summary>What must hold for a write to happen. <c>default</c> is <see cref="None"/>.</summary>
public readonly record struct StateCondition
{
    /// <summary>What is asked for.</summary>
    public StateConditionKind Kind { get; private init; }

    /// <summary>The tag of <see cref="IfMatch"/>, else no tag.</summary>
    public StateETag ETag { get; private init; }

    /// <summary>Always met.</summary>
    public static StateCondition None => default;

    /// <summary>Met when the key is absent or expired.</summary>
    public static StateCondition IfAbsent => new() { Kind = StateConditionKind.IfAbsent };

    /// <summary>Met when the key is there.</summary>
    public static StateCondition IfExists => new() { Kind = StateConditionKind.IfExists };

    /// <summary>Met when the document is there with this tag.</summary>
    /// <exception cref="ArgumentException"><paramref name="etag"/> is no tag, which could come to mean "whatever is there".</exception>
    public static StateCondition IfMatch(StateETag etag) =>
        etag.IsEmpty ? throw new ArgumentException("IfMatch needs the ETag of a read; for a key that must be absent use IfAbsent.", nameof(etag))
        : new() { Kind = StateConditionKind.IfMatch, ETag = etag };

    /// <summary>For providers: whether the condition holds.</summary>
    /// <param name="exists">Whether the key is there and has not expired.</param>
    /// <param name="actual">Its tag, when it is a document.</param>
    public bool IsMet(bool exists, StateETag actual) => Kind switch
    {
        StateConditionKind.None => true,
        StateConditionKind.IfAbsent => !exists,
        StateConditionKind.IfExists => exists,
        _ => exists && actual == ETag,
    };
}
