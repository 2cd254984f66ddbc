namespace BluePlan.State.Storage;

/// <summary>A question to a store. The derived types in this folder are all there are.</summary>
/// <remarks>Each is answered as of one instant; several in one call may be answered as of several. An absent or expired key answers null.</remarks>
public abstract record StateRead
{
    private protected StateRead(StateKey key, StateShape shape)
    {
        if (key.Id is null || key.Shape != shape) key.Require(shape, GetType());
        Key = key;
    }

    /// <summary>What is asked about.</summary>
    public StateKey Key { get; }

    /// <summary>Refuses a null, empty, malformed or repeated name; no name at all is fine.</summary>
    private protected static IReadOnlyList<string> CheckNames(IReadOnlyList<string>? names, string parameter)
    {
        ArgumentNullException.ThrowIfNull(names, parameter);
        var seen = names.Count > 1 ? new HashSet<string>(names.Count, StringComparer.Ordinal) : null;
        for (var i = 0; i < names.Count; i++)
        {
            StateText.CheckName(names[i], parameter);
            if (seen?.Add(names[i]) is false) throw new ArgumentException($"The name at position {i} is there twice.", parameter);
        }
        return names;
    }

    private protected static int CheckLimit(int limit, string parameter) =>
        limit >= 0 ? limit : throw new ArgumentOutOfRangeException(parameter, limit, "A limit is zero, for counts only, or positive.");
}
