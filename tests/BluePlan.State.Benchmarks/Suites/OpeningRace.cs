using System.Diagnostics;
using BluePlan.State.Storage;

namespace BluePlan.State.Benchmarks;

/// <summary>A file store opened, against a cold read of the same files: both from the disk.</summary>
/// <param name="keys">How many small keys the store holds.</param>
internal sealed class OpeningRace(int keys)
{
    private const int PerCommit = 200;
    private const int Partitions = 32;

    public async Task<Row> RunAsync(Pace pace)
    {
        using var directory = new ScratchDirectory();
        await FillAsync(directory.Path);
        var (opens, reads) = (new List<double>(), new List<double>());
        for (var round = 0; round <= pace.Rounds; round++)
        {
            var read = await TimeAsync(directory.Path, () => ReadAsync(directory.Path));
            var store = Store(directory.Path);
            var open = await TimeAsync(directory.Path, () => store.OpenAsync(Partitions, CancellationToken.None).AsTask());
            await store.DisposeAsync();
            if (round == 0) continue; // warm-up
            opens.Add(open);
            reads.Add(read);
        }
        var (ours, peer) = (Spread.Of(opens), Spread.Of(reads));
        return new($"File: open {keys:N0} small keys", "open", "cold read of the same bytes", 1, ours.Median, peer.Median, "s", ours.Median / peer.Median, Spread.Of(opens.Zip(reads, static (o, r) => o / r)), 3, AtMost: true);
    }

    private static FileStateProvider Store(string directory) => new(new() { Directory = directory });

    private async Task FillAsync(string directory)
    {
        await using var store = Store(directory);
        await store.OpenAsync(Partitions, CancellationToken.None);
        await Fill.ManyAsync((keys + PerCommit - 1) / PerCommit, async commit =>
        {
            var items = Enumerable.Range(commit * PerCommit, Math.Min(PerCommit, keys - commit * PerCommit));
            await store.CommitAsync(new([.. items.Select(i => new PutDocument(new(commit % Partitions, StateShape.Document, "bench", $"/item-{i:d8}"), Texts.Value(i).AsMemory(0, 32)))]), CancellationToken.None);
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
