using BluePlan.State.Storage;

namespace BluePlan.State.Benchmarks;

/// <summary>What a durable write costs, and how soon a store is open again.</summary>
internal sealed class FileSuite : ISuite
{
    private static readonly string[] Judged = ["SQLite, single rows", "RocksDB, sync", "LiteDB, checkpointed"];

    public string Name => "file";

    public async Task<SuiteResult> RunAsync(Pace pace)
    {
        using var directory = new ScratchDirectory();
        var puts = await new Race("File: a durable put of 200 bytes", null,
            new DocumentPut("put", FileKeys.Count, new FileStateProvider(new() { Directory = directory.Under("ours") })),
            new SqliteRows(directory.Path),
            new SqliteBatched(directory.Path),
            new RocksDbPuts(directory.Path),
            new LiteDbPuts(directory.Path, checkpoint: true),
            new LiteDbPuts(directory.Path, checkpoint: false),
            new FilePerKey(directory.Path),
            new RawAppend(directory.Path)).RunAsync(pace, 1, 16, 64, 256);
        var opening = await new OpeningRace(pace.Size(1_000_000)).RunAsync(pace);
        return new([puts],
        [
            .. Judged.Select(peer => puts.AtLeast("File, Always: put", "put", peer, 64, 10)),
            puts.AtLeast("File, Always: put", "put", "LiteDB, not flushed", 64, null),
            puts.AtLeast("File, Always: put", "put", "SQLite, batched by one writer", 64, null),
            puts.AtLeast("File, Always: put", "put", "file per key", 64, null),
            puts.AtLeast("File, Always: put", "put", "raw append + fdatasync", 1, 0.8),
            .. opening,
        ], []);
    }
}
