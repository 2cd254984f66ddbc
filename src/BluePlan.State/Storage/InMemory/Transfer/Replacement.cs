namespace BluePlan.State.Storage;

/// <summary>All keys of a store to be, built beside the living ones and put in their place in one step.</summary>
internal sealed class Replacement
{
    private readonly KeyTable[] _tables;
    private readonly List<(StateKey Key, StoredLog Log)> _logs = [];

    public Replacement(int partitionCount)
    {
        _tables = new KeyTable[partitionCount];
        for (var i = 0; i < partitionCount; i++) _tables[i] = new();
    }

    public IReadOnlyList<KeyTable> Tables => _tables;

    public void Add(RestoreChange key)
    {
        var table = _tables[key.Key.Partition];
        table.Set(key.Key, key.Built!, 0);
        if (key.Built is StoredLog log) _logs.Add((key.Key, log));
    }

    /// <summary>Moves the sequences of logs forward to where the living ones are. Answers the logs that moved. Under the locks of all partitions.</summary>
    public List<(StateKey Key, long LastSequence)> KeepSequences(Partition[] living, DateTimeOffset now)
    {
        var moved = new List<(StateKey, long)>();
        foreach (var (key, log) in _logs)
        {
            if (living[key.Partition].Find(key, now)?.Content is not StoredLog old || old.LastSequence <= log.LastSequence) continue;
            log.LastSequence = old.LastSequence;
            moved.Add((key, log.LastSequence));
        }
        return moved;
    }
}
