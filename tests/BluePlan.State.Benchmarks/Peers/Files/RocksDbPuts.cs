using System.Text;
using RocksDbSharp;

namespace BluePlan.State.Benchmarks;

/// <summary>RocksDB with a synced write-ahead log; it groups the commits of concurrent threads itself.</summary>
internal sealed class RocksDbPuts(string directory) : IContestant
{
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);
    private RocksDb _store = null!;

    public string Name => "RocksDB, sync";

    public string Configuration => "package RocksDB, WriteOptions.Sync, a thread for each caller, otherwise its defaults";

    public bool Blocks => true;

    public ValueTask OpenAsync()
    {
        _store = RocksDb.Open(new DbOptions().SetCreateIfMissing(), Path.Combine(directory, "rocks"));
        return ValueTask.CompletedTask;
    }

    public ValueTask CallAsync(int caller, long number)
    {
        _store.Put(Encoding.ASCII.GetBytes(FileKeys.Of(number)), Texts.Value(number), writeOptions: _synced);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }
}
