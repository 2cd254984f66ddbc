namespace BluePlan.State;

/// <summary>The parts of a store that can be restored by themselves.</summary>
[Flags]
public enum StateParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Sessions.</summary>
    Sessions = 1,

    /// <summary>Conversations and their messages.</summary>
    History = 2,

    /// <summary>Token usage.</summary>
    TokenUsage = 4,

    /// <summary>Configuration, its versions and its named backups.</summary>
    Config = 8,

    /// <summary>The host's own data.</summary>
    Store = 16,

    /// <summary>Everything.</summary>
    All = Sessions | History | TokenUsage | Config | Store,
}
