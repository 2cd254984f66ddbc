namespace BluePlan.State;

/// <summary>
/// A stored value needs a newer version of this library, or a feature that is not registered here. Nothing was changed.
/// </summary>
/// <remarks>
/// A process of a newer version, or one with other features, shares the store. Update this process, or register the
/// feature that the message names.
/// </remarks>
public sealed class StateVersionException : StateException
{
    /// <summary>Initializes the exception.</summary>
    /// <param name="message">What is needed and what to do.</param>
    /// <param name="key">What the call was about.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public StateVersionException(string message, string? key = null, Exception? inner = null) : base(message, key, inner) { }
}
