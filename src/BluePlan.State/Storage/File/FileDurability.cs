namespace BluePlan.State;

/// <summary>When the file provider acknowledges a commit.</summary>
public enum FileDurability
{
    /// <summary>Once it is on disk: what was acknowledged survives a power cut. Concurrent commits share one flush.</summary>
    Always = 0,

    /// <summary>Once the operating system has it; it is flushed to disk every <see cref="FileStateOptions.FlushInterval"/>. It survives the end of the process; a power cut may lose the last interval.</summary>
    Interval = 1,

    /// <summary>Once the operating system has it, which writes it to disk when it likes. It survives the end of the process; a power cut may lose whatever came since the last checkpoint.</summary>
    OperatingSystem = 2,
}
