namespace BluePlan.State;

/// <summary>A lock that was needed is held no more. Nothing was written. Stop what needs it; to go on, acquire it anew and read again.</summary>
public sealed class StateLockLostException : StateException
{
    /// <summary>A lock that was needed is held no more.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="fencingToken">The token of the lease that was lost.</param>
    /// <param name="key">The lock.</param>
    /// <param name="inner">The cause, when there is one.</param>
    public StateLockLostException(string message, long fencingToken, string? key = null, Exception? inner = null) : base(message, key, inner) => FencingToken = fencingToken;

    /// <summary>The fencing token of the lease that was lost.</summary>
    public long FencingToken { get; }
}
