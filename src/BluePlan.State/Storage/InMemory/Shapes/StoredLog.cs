namespace BluePlan.State.Storage;

/// <summary>A log in memory: entries by sequence, and their sequences by id.</summary>
internal sealed class StoredLog(int epoch, OrderedTree<LogEntry, BySequence> entries, Dictionary<string, long>? ids) : StoredKey(epoch)
{
    private Dictionary<string, long>? _ids = ids;

    public StoredLog(int epoch) : this(epoch, new(), null) { }

    public OrderedTree<LogEntry, BySequence> Entries => entries;

    public long LastSequence { get; set; }

    /// <inheritdoc cref="LogContent.Revision"/>
    public StateETag Revision { get; set; }

    public bool TryFind(string id, out long sequence)
    {
        sequence = 0;
        return _ids is not null && _ids.TryGetValue(id, out sequence);
    }

    public void Append(in LogEntry entry)
    {
        entries.Set(entry);
        if (entry.Id is not null) (_ids ??= new(StringComparer.Ordinal))[entry.Id] = entry.Sequence;
        LastSequence = Math.Max(LastSequence, entry.Sequence);
    }

    public void Remove(in LogEntry entry)
    {
        entries.Remove(entry);
        if (entry.Id is not null) _ids?.Remove(entry.Id);
    }

    public void RemoveOldest(int count)
    {
        if (count <= 0) return;
        foreach (var entry in entries.View.Collect(TreeRange<LogEntry>.All, count)) Remove(entry);
    }

    /// <summary>Takes another revision, unless it is empty.</summary>
    public void Revise(StateETag revision)
    {
        if (!revision.IsEmpty) Revision = revision;
    }

    public override StoredKey Fork(int epoch) => new StoredLog(epoch, entries.Fork(), _ids) { Expiry = Expiry, LastSequence = LastSequence, Revision = Revision };
}
