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

    /// <summary>Moves the sequences of logs forward to where the living ones are. Answers the logs that moved.</summary>
    public List<(StateKey Key, StoredLog Log)> KeepSequences(IReadOnlyList<Partition> living, DateTimeOffset now)
    {
        var moved = new List<(StateKey, StoredLog)>();
        foreach (var (key, log) in _logs)
            lock (living[key.Partition].Gate)
            {
                if (living[key.Partition].Find(key, now)?.Content is not StoredLog old || old.LastSequence <= log.LastSequence) continue;
                log.LastSequence = old.LastSequence;
                moved.Add((key, log));
            }
        return moved;
    }
}
