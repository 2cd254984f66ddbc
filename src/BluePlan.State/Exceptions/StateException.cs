namespace BluePlan.State;

/// <summary>What every exception of this library's own derives from. Absence is not among them: it is a null, a false or an empty result.</summary>
public abstract class StateException : Exception
{
    private protected StateException(string message, string? key, Exception? inner) : base(message, inner) => Key = key;

    /// <summary>What the call was about, for instance <c>conversation 3f21…</c>; null when it was about no one thing. Never a live session id.</summary>
    public string? Key { get; }
}
