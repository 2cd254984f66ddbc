namespace BluePlan.State.Storage;

/// <summary>Sums the scores of each member over several indexes and finds the highest sums.</summary>
internal static class IndexUnion
{
    public static IndexContent Of(List<TreeView<IndexMember, ByScore>> indexes, int limit)
    {
        if (indexes.Count == 1) return new(indexes[0].Collect(TreeRange<IndexMember>.All, limit, descending: true), indexes[0].Count);
        var sums = new Dictionary<string, long>(indexes.Max(static i => i.Count), StringComparer.Ordinal);
        foreach (var index in indexes)
            foreach (var member in index.Collect(TreeRange<IndexMember>.All))
                sums[member.Member] = Saturate((Int128)sums.GetValueOrDefault(member.Member) + member.Score);
        return new(Top(sums, limit), sums.Count);
    }

    private static long Saturate(Int128 sum) => sum > long.MaxValue ? long.MaxValue : sum < long.MinValue ? long.MinValue : (long)sum;

    private static IndexMember[] Top(Dictionary<string, long> sums, int limit)
    {
        if (limit == 0) return [];
        var least = new PriorityQueue<IndexMember, IndexMember>();
        foreach (var (member, score) in sums)
        {
            var item = new IndexMember(member, score);
            if (least.Count < limit) least.Enqueue(item, item);
            else if (item > least.Peek()) least.EnqueueDequeue(item, item);
        }
        var top = new IndexMember[least.Count];
        for (var i = top.Length - 1; i >= 0; i--) top[i] = least.Dequeue();
        return top;
    }
}
