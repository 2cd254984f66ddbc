using System.Diagnostics;
using BluePlan.State.Storage;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Figures, to be run by hand with <c>-c Release</c> on a quiet machine; see the README in this folder.</summary>
[TestFixture, Explicit("Measures; run it by itself, with -c Release.")]
[NonParallelizable]
public sealed class FileStoreFigures
{
    private const int Keys = 1_000_000, ValueBytes = 200, Partitions = 32, Callers = 64;

    private string _directory = "";

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("blueplan-figures-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Open_MillionKeys([Values] bool fromSnapshot)
    {
        await FillAsync(fromSnapshot);
        var (open, built, read) = (new List<double>(), new List<double>(), new List<double>());
        long bytes = 0;
        for (var round = 0; round < 5; round++)
        {
            bytes = Forget();
            read.Add(Milliseconds(ReadAll));
            Forget();
            var (started, paused, used) = (Stopwatch.GetTimestamp(), GC.GetTotalPauseDuration(), Environment.CpuUsage.TotalTime);
            await using var provider = new FileStateProvider(new() { Directory = _directory });
            await provider.OpenAsync(Partitions, CancellationToken.None);
            open.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await provider.Store.Built;
            built.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await TestContext.Out.WriteLineAsync($"opened in {open[^1]:N0} ms, all in memory in {built[^1]:N0} ms, {(GC.GetTotalPauseDuration() - paused).TotalMilliseconds:N0} of them in the collector, {(Environment.CpuUsage.TotalTime - used).TotalMilliseconds:N0} ms of processor; read in {read[^1]:N0} ms");
        }
        var (opened, inMemory, readAll) = (open.Order().ElementAt(2), built.Order().ElementAt(2), read.Order().ElementAt(2));
        await TestContext.Out.WriteLineAsync($"{Keys:N0} keys, {bytes:N0} bytes {(fromSnapshot ? "of snapshot" : "of journal")}: opened in {opened:N0} ms, all in memory after {inMemory:N0} ms, the same bytes read cold in {readAll:N0} ms, {opened / readAll:N2} times (medians of 5)");
    }

    [Test]
    public async Task Prove_StoreWithASnapshotAndFourSegments()
    {
        const int Rounds = 200_000;
        await using var provider = new FileStateProvider(new() { Directory = _directory });
        await provider.OpenAsync(Partitions, CancellationToken.None);
        for (var segment = 0; segment < 4; segment++)
        {
            await provider.CommitAsync(new StateCommit([new PutDocument(new(0, StateShape.Document, "figures", "a"), new byte[ValueBytes])]), CancellationToken.None);
            if (segment == 0) await provider.Store.CheckpointAsync(CancellationToken.None);
            else provider.Store.Rotate();
        }
        for (var round = 0; round < 5; round++)
        {
            var milliseconds = Milliseconds(() =>
            {
                for (var i = 0; i < Rounds; i++) provider.Store.ProveOwnership();
            });
            await TestContext.Out.WriteLineAsync($"{milliseconds * 1000 / Rounds:N2} µs to prove that the directory and {Directory.GetFiles(_directory).Length - 1} files are the store's own; a batch of commits does so twice after a name in the directory has changed");
        }
    }

    [Test]
    public async Task Commit_WhileASnapshotOfAMillionKeysIsWritten([Values] FileDurability durability)
    {
        await FillAsync(fromSnapshot: true);
        await using var provider = new FileStateProvider(new() { Directory = _directory, Durability = durability });
        await provider.OpenAsync(Partitions, CancellationToken.None);
        foreach (var snapshot in new[] { false, true, false, true })
        {
            var checkpoint = snapshot ? Task.Run(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()) : Task.Delay(TimeSpan.FromSeconds(3));
            var latencies = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => WriteUntilAsync(provider, caller, checkpoint))));
            var all = latencies.SelectMany(static l => l).Order().ToList();
            await TestContext.Out.WriteLineAsync($"{durability}, {(snapshot ? "with" : "without")} a snapshot: {all.Count:N0} commits of {Callers} callers; median {all[all.Count / 2]:N2} ms, 99.9 % {all[all.Count * 999 / 1000]:N2} ms, longest {all[^1]:N2} ms");
        }
    }

    [Test]
    public async Task Commit_GroupCommit([Values] FileDurability durability, [Values(1, 16, 64, 256)] int callers)
    {
        await using var provider = new FileStateProvider(new() { Directory = _directory, Durability = durability });
        await provider.OpenAsync(Partitions, CancellationToken.None);
        var end = Task.Delay(TimeSpan.FromSeconds(3));
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => WriteUntilAsync(provider, caller, end))));
        await TestContext.Out.WriteLineAsync($"{durability}, {callers} callers: {latencies.Sum(static l => l.Count) / 3.0:N0} puts of {ValueBytes} bytes a second");
    }

    private async Task FillAsync(bool fromSnapshot)
    {
        await using var provider = new FileStateProvider(new() { Directory = _directory, Durability = FileDurability.OperatingSystem, CheckpointBytes = 1L << 40 });
        await provider.OpenAsync(Partitions, CancellationToken.None);
        for (var i = 0; i < Keys; i += 1000) await Task.WhenAll(Enumerable.Range(i, 1000).Select(n => PutAsync(provider, n)));
        if (fromSnapshot) await provider.Store.CheckpointAsync(CancellationToken.None);
    }

    private static async Task<List<double>> WriteUntilAsync(FileStateProvider provider, int caller, Task end)
    {
        var latencies = new List<double>();
        for (var n = caller; !end.IsCompleted; n += Callers)
        {
            var started = Stopwatch.GetTimestamp();
            await PutAsync(provider, n % Keys);
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return latencies;
    }

    private static Task PutAsync(FileStateProvider provider, int n)
    {
        var value = new byte[ValueBytes];
        Random.Shared.NextBytes(value);
        return provider.CommitAsync(new StateCommit([new PutDocument(new(n % Partitions, StateShape.Document, "figure", $"key-{n}"), value)]), CancellationToken.None).AsTask();
    }

    /// <summary>Lets the system forget the files, and answers how long they are.</summary>
    private long Forget()
    {
        var bytes = 0L;
        foreach (var file in Files())
        {
            using var handle = File.OpenHandle(file);
            NativeFiles.Flush(handle, file);
            NativeFiles.ForgetCached(handle);
            bytes += RandomAccess.GetLength(handle);
        }
        return bytes;
    }

    private void ReadAll()
    {
        var buffer = new byte[1 << 20];
        foreach (var file in Files())
        {
            using var handle = File.OpenHandle(file);
            for (long offset = 0; RandomAccess.Read(handle, buffer, offset) is var read and > 0;) offset += read;
        }
    }

    private IEnumerable<string> Files() => Directory.GetFiles(_directory).Where(static f => f.EndsWith(".bpj", StringComparison.Ordinal) || f.EndsWith(".bps", StringComparison.Ordinal));

    private static double Milliseconds(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
