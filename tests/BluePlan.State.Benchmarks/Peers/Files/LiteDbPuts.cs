using LiteDB;

namespace BluePlan.State.Benchmarks;

/// <summary>LiteDB, one upsert a call. It has no setting that makes a commit wait for the disk; what does is a checkpoint after it, and without one it promises less than the others.</summary>
internal sealed class LiteDbPuts(string directory, bool checkpoint) : IContestant
{
    // It refuses more than 100 transactions at once.
    private readonly SemaphoreSlim _turns = new(64);
    private LiteDatabase _database = null!;
    private ILiteCollection<BsonDocument> _items = null!;

    public string Name => checkpoint ? "LiteDB, checkpointed" : "LiteDB, not flushed";

    public string Configuration => checkpoint ? "Connection=direct, Upsert by _id, then Checkpoint, which is what makes it wait for the disk; at most 64 callers at once"
        : "Connection=direct, Upsert by _id; at most 64 callers at once; a commit does not wait for the disk";

    public bool Blocks => true;

    public ValueTask OpenAsync()
    {
        _database = new(new ConnectionString { Filename = Path.Combine(directory, checkpoint ? "lite-checkpointed.db" : "lite.db"), Connection = ConnectionType.Direct });
        _items = _database.GetCollection("items");
        return ValueTask.CompletedTask;
    }

    public ValueTask CallAsync(int caller, long number)
    {
        _turns.Wait();
        try
        {
            _items.Upsert(new BsonDocument { ["_id"] = FileKeys.Of(number), ["value"] = Texts.Value(number) });
            if (checkpoint) _database.Checkpoint();
        }
        finally
        {
            _turns.Release();
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        _turns.Dispose();
        return ValueTask.CompletedTask;
    }
}
