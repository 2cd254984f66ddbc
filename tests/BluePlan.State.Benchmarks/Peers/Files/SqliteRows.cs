namespace BluePlan.State.Benchmarks;

/// <summary>SQLite, a transaction for each row; callers take turns on one connection, since it has one writer anyway.</summary>
internal sealed class SqliteRows(string directory) : IContestant
{
    private readonly Lock _gate = new();
    private SqliteTable _table = null!;

    public string Name => "SQLite, single rows";

    public string Configuration => SqliteTable.Configuration + "; a transaction for each row";

    public bool Blocks => true;

    public ValueTask OpenAsync()
    {
        _table = new(Path.Combine(directory, "rows.sqlite"));
        return ValueTask.CompletedTask;
    }

    public ValueTask CallAsync(int caller, long number)
    {
        lock (_gate) _table.Put(FileKeys.Of(number), Texts.Value(number));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _table.Dispose();
        return ValueTask.CompletedTask;
    }
}
