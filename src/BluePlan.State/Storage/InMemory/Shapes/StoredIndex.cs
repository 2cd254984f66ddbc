namespace BluePlan.State.Storage;

/// <summary>An index in memory: members by score, and their scores by member.</summary>
internal sealed class StoredIndex(int epoch, OrderedTree<IndexMember, ByScore> members, Dictionary<string, long> scores) : StoredKey(epoch)
{
    public StoredIndex(int epoch) : this(epoch, new(), new(StringComparer.Ordinal)) { }

    public OrderedTree<IndexMember, ByScore> Members => members;

    public bool TryGet(string member, out long score) => scores.TryGetValue(member, out score);

    public void Set(in IndexMember member)
    {
        if (scores.TryGetValue(member.Member, out var old))
        {
            if (old == member.Score) return;
            members.Remove(member with { Score = old });
        }
        scores[member.Member] = member.Score;
        members.Set(member);
    }

    public void Remove(string member)
    {
        if (scores.Remove(member, out var score)) members.Remove(new(member, score));
    }

    public override StoredKey Fork(int epoch) => new StoredIndex(epoch, members.Fork(), scores) { Expiry = Expiry };
}
