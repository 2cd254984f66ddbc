namespace BluePlan.State.Storage;

/// <summary>A question to a store. The derived types in this folder are all there are.</summary>
/// <remarks>Each is answered as of one instant; several in one call may be answered as of several. An absent or expired key answers null.</remarks>
public abstract record StateRead
{
    private protected StateRead(StateKey key, StateShape shape) => Key = key.Require(shape, GetType().Name);

    /// <summary>What is asked about.</summary>
    public StateKey Key { get; }

    private protected static int CheckLimit(int limit, string parameter) =>
        limit >= 0 ? limit : throw new ArgumentOutOfRangeException(parameter, limit, "A limit is zero, for counts only, or positive.");
}
