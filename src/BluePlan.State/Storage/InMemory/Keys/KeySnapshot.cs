namespace BluePlan.State.Storage;

/// <summary>The keys of a partition as of one instant; writers go on beside it.</summary>
internal sealed class KeySnapshot(KeySegment[] segments, int count)
{
    public int Count => count;

    public IEnumerable<KeyNode> Nodes()
    {
        foreach (var segment in segments)
            for (var bucket = 0; bucket < KeySegment.Size; bucket++)
                for (var node = segment.Buckets[bucket]; node is not null; node = node.Next) yield return node;
    }
}
