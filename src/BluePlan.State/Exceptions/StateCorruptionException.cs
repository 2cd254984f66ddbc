namespace BluePlan.State;

/// <summary>What is stored is not what was written: a checksum fails, a format is unknown, a value does not decode. Nothing is guessed and nothing was changed.</summary>
public sealed class StateCorruptionException : StateException
{
    /// <summary>What is stored is not what was written.</summary>
    /// <param name="message">What was found, where, and what to do.</param>
    /// <param name="key">What the call was about.</param>
    /// <param name="inner">The cause, when there is one.</param>
    public StateCorruptionException(string message, string? key = null, Exception? inner = null) : base(message, key, inner) { }
}
