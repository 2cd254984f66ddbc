using System.Diagnostics;
using BluePlan.State.Storage;

namespace BluePlan.State.Benchmarks;

/// <summary>A file store opened, against a cold read of the same files: both from the disk.</summary>
/// <param name="keys">How many small keys the store holds.</param>
internal sealed class OpeningRace(int keys)
{
    private const int PerCommit = 200;
    private const int Partitions = 32;

    public async Task<Row[]> RunAsync(Pace pace)
    {
        using var directory = new ScratchDirectory();
        await FillAsync(directory.Path);
        var (first, all, reads) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= pace.Rounds; round++)
        {
            var read = await TimeAsync(directory.Path, () => ReadAsync(directory.Path));
            var one = await OpenAsync(directory.Path, partitions: 1);
            var every = await OpenAsync(directory.Path, Math.Min(Partitions, keys / PerCommit));
            if (round == 0) continue; // warm-up
            first.Add(one);
            all.Add(every);
            reads.Add(read);
        }
        return [Against(reads, first, "open, read a key", 3), Against(reads, all, "open, read a key of each partition", null)];
    }

    private Row Against(List<double> reads, List<double> opens, string what, double? bar)
    {
        var (ours, peer) = (Spread.Of(opens), Spread.Of(reads));
        return new($"File: open {keys:N0} small keys", what, "cold read of the same bytes", 1, ours.Median, peer.Median, "s", ours.Median / peer.Median, Spread.Of(opens.Zip(reads, static (o, r) => o / r)), bar, AtMost: true);
    }

    /// <summary>A store is open when it answers; its keys are in memory when every partition has answered.</summary>
    private static async Task<double> OpenAsync(string directory, int partitions)
    {
        await using var store = Store(directory);
        return await TimeAsync(directory, async () =>
        {
            await store.OpenAsync(Partitions, CancellationToken.None);
            for (var partition = 0; partition < partitions; partition++) _ = await store.ReadOneAsync(new DocumentRead(KeyOf(partition, partition * PerCommit)), CancellationToken.None) ?? throw new InvalidOperationException("A key is gone.");
        });
    }

    private static StateKey KeyOf(int commit, int item) => new(commit % Partitions, StateShape.Document, "bench", $"/item-{item:d8}");

    private static FileStateProvider Store(string directory) => new(new() { Directory = directory });

    private async Task FillAsync(string directory)
    {
        await using var store = Store(directory);
        await store.OpenAsync(Partitions, CancellationToken.None);
        await Fill.ManyAsync((keys + PerCommit - 1) / PerCommit, async commit =>
        {
            var items = Enumerable.Range(commit * PerCommit, Math.Min(PerCommit, keys - commit * PerCommit));
            await store.CommitAsync(new([.. items.Select(i => new PutDocument(KeyOf(commit, i), Texts.Value(i).AsMemory(0, 32)))]), CancellationToken.None);
        });
        await store.MaintainAsync(CancellationToken.None);
    }

    private static async Task<double> TimeAsync(string directory, Func<Task> work)
    {
        foreach (var path in Files(directory)) NativeFile.Forget(path);
        GC.Collect();
        var begun = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task ReadAsync(string directory)
    {
        var buffer = new byte[1 << 20];
        foreach (var path in Files(directory))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.SequentialScan);
            while (await file.ReadAsync(buffer) > 0) { }
        }
    }

    private static string[] Files(string directory) => Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
}
