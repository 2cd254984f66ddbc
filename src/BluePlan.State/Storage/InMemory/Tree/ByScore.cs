namespace BluePlan.State.Storage;

/// <summary>Members of an index in the contract's order.</summary>
internal readonly struct ByScore : ITreeOrder<IndexMember>
{
    public static int Compare(in IndexMember left, in IndexMember right) => left.CompareTo(right);
}
