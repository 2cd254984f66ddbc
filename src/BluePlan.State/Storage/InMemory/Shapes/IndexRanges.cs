namespace BluePlan.State.Storage;

/// <summary>Turns ranges of scores into stretches of the tree.</summary>
internal static class IndexRanges
{
    /// <summary>All members whose score lies between two, both with.</summary>
    public static TreeRange<IndexMember> Between(long minimum, long maximum)
    {
        // The empty name, which no member has, comes before every member of its score.
        var range = TreeRange<IndexMember>.All.From(new("", minimum), true);
        return maximum == long.MaxValue ? range : range.To(new("", maximum + 1), false);
    }

    /// <summary>What lies behind a place in the order that is asked for.</summary>
    public static TreeRange<IndexMember> Behind(this TreeRange<IndexMember> range, IndexMember place, bool descending)
    {
        place = place with { Member = place.Member ?? "" };
        if (descending) return !range.HasHigh || place < range.High ? range.To(place, false) : range;
        return place >= range.Low ? range.From(place, false) : range;
    }
}
