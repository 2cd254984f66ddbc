namespace BluePlan.State;

/// <summary>What a <see cref="StateCondition"/> asks for.</summary>
public enum StateConditionKind : byte
{
    /// <summary>Nothing: always met.</summary>
    None = 0,

    /// <summary>The key is absent or expired.</summary>
    IfAbsent = 1,

    /// <summary>The key is there.</summary>
    IfExists = 2,

    /// <summary>The document is there and has this very ETag.</summary>
    IfMatch = 3,
}
