namespace BluePlan.State;

/// <summary>The call acts on something that is not there: an append to a deleted conversation, a rollback to a version that is no longer kept. Nothing was written.</summary>
public sealed class StateNotFoundException : StateException
{
    /// <summary>The call acts on something that is not there.</summary>
    /// <param name="message">What is missing and what to do.</param>
    /// <param name="key">What the call was about.</param>
    /// <param name="inner">The cause, when there is one.</param>
    public StateNotFoundException(string message, string? key = null, Exception? inner = null) : base(message, key, inner) { }
}
