using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>What the model keeps under a key: the parts of its shape are filled, the others stay empty.</summary>
internal sealed class ModelCell(StateShape shape)
{
    public StateExpiry Expiry { get; set; }

    public ReadOnlyMemory<byte> Value { get; set; }

    public StateETag ETag { get; set; }

    public Dictionary<string, MapValue> Fields { get; } = [];

    public SortedDictionary<long, LogEntry> Entries { get; } = [];

    public long LastSequence { get; set; }

    public StateETag Revision { get; set; }

    public Dictionary<string, long> Scores { get; } = [];

    /// <summary>Maps and indexes live by what they hold.</summary>
    public bool IsGone => (shape is StateShape.Map && Fields.Count == 0) || (shape is StateShape.Index && Scores.Count == 0);

    public bool Holds(string id) => Entries.Values.Any(entry => entry.Id == id);

    public IEnumerable<IndexMember> Members() => Scores.Select(static score => new IndexMember(score.Key, score.Value)).Order();
}
