namespace BluePlan.State.Consistency;

/// <summary>What an object of the store must behave like.</summary>
internal enum ModelKind
{
    /// <summary>A value that is read, written, deleted, and compared and set.</summary>
    Register,

    /// <summary>A config: a register whose every change gets the next version.</summary>
    Version,

    /// <summary>A conversation: entries in one order, each once.</summary>
    List,

    /// <summary>Members that are added once and removed once: keys of a category, sessions of a user.</summary>
    Set,

    /// <summary>A sum: counters of a hash, token totals.</summary>
    Counter,

    /// <summary>A lock, and a value that its holder writes under the fencing token.</summary>
    Lock,

    /// <summary>A config that several processes follow.</summary>
    Watch,

    /// <summary>A key that expires unless it is read.</summary>
    Expiry,
}
