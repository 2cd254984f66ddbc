namespace BluePlan.State.Consistency;

/// <summary>What an operation does. The comments list its input and output.</summary>
internal enum OperationAction
{
    /// <summary>
    /// Reads. Output: the value, 0 when absent; of a version also the value: version, value; of a list pairs of id and sequence; of a set
    /// the members; of an expiring key 1 when it was found (and slid).
    /// </summary>
    Read,

    /// <summary>Writes. Input: the value; of a lock also the token and the count that the section reached.</summary>
    Write,

    /// <summary>
    /// Writes if a value is there. Input: the value, the expected one (0 = absent, −1 = not known), and of a lock the token.
    /// </summary>
    CompareAndSet,

    /// <summary>Deletes. Output: 1 when something was there, otherwise 0.</summary>
    Delete,

    /// <summary>Saves a config. Input: the value, the expected version (0 = absent, −1 = any). Output: the new version.</summary>
    Save,

    /// <summary>Appends to a list. Input: the ids. Output: their sequences.</summary>
    Append,

    /// <summary>Adds a member to a set. Input: the member.</summary>
    Add,

    /// <summary>Removes a member from a set. Input: the member.</summary>
    Remove,

    /// <summary>Asks for a member. Input: the member. Output: 1 when it is there, otherwise 0.</summary>
    Contains,

    /// <summary>Adds to a counter. Input: the amount. Output: the count after it; none when the store does not tell.</summary>
    Increment,

    /// <summary>Waits for a lock. Input: the longest wait. Output: the fencing token. Refused when the time was over.</summary>
    Acquire,

    /// <summary>
    /// The time from the acquisition to the last moment at which the holder could prove that it holds the lock. Input: the token.
    /// </summary>
    Hold,

    /// <summary>Gives a lock back. Input: the token.</summary>
    Release,

    /// <summary>A watch hears a value. Input: the watch. Output: version, value.</summary>
    Hear,

    /// <summary>A watch ends. Input: the watch.</summary>
    EndWatch,

    /// <summary>Reads an expiring key without sliding it. Output: 1 when it was found, otherwise 0.</summary>
    Peek,
}
