namespace BluePlan.State;

/// <summary>The five ways in which something expires.</summary>
/// <remarks>The numbers are written to disk, to Redis and into backups; they never change.</remarks>
public enum StateExpiryKind : byte
{
    /// <summary>It stays until it is deleted.</summary>
    Never = 0,

    /// <summary>What the key has now stays as it is; never, when the key is new.</summary>
    Keep = 1,

    /// <summary>At an instant.</summary>
    At = 2,

    /// <summary>A time after the write.</summary>
    After = 3,

    /// <summary>A time after the last write or touch, perhaps with an end that no touch moves. Documents only.</summary>
    Sliding = 4,
}
