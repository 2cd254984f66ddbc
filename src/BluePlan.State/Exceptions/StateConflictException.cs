namespace BluePlan.State;

/// <summary>Somebody else wrote first, or what must be new is there. Nothing was written. Read again and decide.</summary>
public sealed class StateConflictException : StateException
{
    /// <summary>Somebody else wrote first, or what must be new is there.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="key">What the call was about.</param>
    /// <param name="expected">The ETag or version that was asked for; null = must be absent.</param>
    /// <param name="actual">The ETag or version that is there; null = absent or not known.</param>
    /// <param name="inner">The cause, when there is one.</param>
    public StateConflictException(string message, string? key = null, string? expected = null, string? actual = null, Exception? inner = null) : base(message, key, inner) =>
        (Expected, Actual) = (expected, actual);

    /// <summary>The ETag or version that was asked for; null = must be absent.</summary>
    public string? Expected { get; }

    /// <summary>The ETag or version that is there; null = absent or not known.</summary>
    public string? Actual { get; }
}
