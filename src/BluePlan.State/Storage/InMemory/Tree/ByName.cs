namespace BluePlan.State.Storage;

/// <summary>Fields of a map by their name.</summary>
internal readonly struct ByName : ITreeOrder<MapField>
{
    public static int Compare(in MapField left, in MapField right) => string.CompareOrdinal(left.Name, right.Name);
}
