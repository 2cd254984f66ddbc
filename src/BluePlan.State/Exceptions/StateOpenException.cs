namespace BluePlan.State;

/// <summary>The store does not match the settings or is open elsewhere. Nothing was changed.</summary>
/// <remarks>
/// An app that meets it at its start does not start, unless <see cref="Fault"/> is <see cref="StateOpenFault.InUse"/>:
/// every later call then tries to open the store again.
/// </remarks>
public sealed class StateOpenException : StateException
{
    /// <summary>Initializes the exception.</summary>
    /// <param name="message">What does not match, what was expected, and what to do.</param>
    /// <param name="fault">Why the store was not opened.</param>
    /// <param name="inner">The cause; <c>null</c> if there is none.</param>
    public StateOpenException(string message, StateOpenFault fault, Exception? inner = null) : base(message, null, inner) => Fault = fault;

    /// <summary>Gets why the store was not opened.</summary>
    public StateOpenFault Fault { get; }
}
