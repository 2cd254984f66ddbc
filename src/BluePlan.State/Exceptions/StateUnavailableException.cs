namespace BluePlan.State;

/// <summary>The store could not be reached, did not answer in time, or refuses to write. <see cref="MayHaveBeenWritten"/> says whether repeating is safe.</summary>
public sealed class StateUnavailableException : StateException
{
    /// <summary>The store could not be reached, did not answer in time, or refuses to write.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="mayHaveBeenWritten">False only when it is certain that nothing was written.</param>
    /// <param name="inner">The cause, when there is one.</param>
    /// <param name="key">What the call was about.</param>
    public StateUnavailableException(string message, bool mayHaveBeenWritten, Exception? inner = null, string? key = null) : base(message, key, inner) =>
        MayHaveBeenWritten = mayHaveBeenWritten;

    /// <summary>False: nothing was written, repeating is safe. True: read before repeating, or repeat only what is idempotent.</summary>
    public bool MayHaveBeenWritten { get; }
}
