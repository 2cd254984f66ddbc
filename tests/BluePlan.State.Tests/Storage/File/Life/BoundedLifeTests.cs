using System.Diagnostics;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A store that lives long: what it takes on disk and what it takes to open stay bounded by what it holds, and nobody waits for a snapshot.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BoundedLifeTests
{
    private const int Keys = 1000, ValueBytes = 1000, Mebibyte = 1 << 20;

    private string _directory = "";

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("blueplan-life-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Commit_SteadyOverwrites_DiskAndOpeningStayBounded()
    {
        // 1 MB of state, overwritten 40 times; a checkpoint is due each MiB.
        var options = new FileStateOptions { Directory = _directory, Durability = FileDurability.OperatingSystem, CheckpointBytes = Mebibyte };
        long most = 0, written = 0;
        await using (var provider = new FileStateProvider(options))
        {
            await provider.OpenAsync(1, CancellationToken.None);
            for (var round = 0; round < 40; round++)
            {
                for (var burst = 0; burst < Keys; burst += 50) await Task.WhenAll(Enumerable.Range(burst, 50).Select(i => PutAsync(provider, i, round)));
                written += Keys * ValueBytes;
                await CheckpointedAsync(provider);
                most = Math.Max(most, Bytes());
            }
        }
        var atEnd = Bytes();
        await TestContext.Out.WriteLineAsync($"{written:N0} bytes written, {most:N0} on disk at most, {atEnd:N0} at the end, of which an opening reads all");
        // The snapshot and the one that follows it, the journal since, what comes meanwhile, and the space kept for what is to come.
        most.Should().BeLessThan(16 * Mebibyte);
        atEnd.Should().BeLessThan(12 * Mebibyte);
        await using var again = new FileStateProvider(options);
        await again.OpenAsync(1, CancellationToken.None);
        (await ExactContents.OfAsync(again)).Count.Should().Be(Keys);
    }

    [Test]
    public async Task Checkpoint_AnotherIsDueByThen_FollowsWithoutAnotherWrite()
    {
        using var files = new HeldFileSystem(static path => path.EndsWith(".bps.tmp", StringComparison.Ordinal));
        await using var provider = new FileStateProvider(new() { Directory = _directory, CheckpointBytes = Mebibyte }, null, null, files);
        await provider.OpenAsync(1, CancellationToken.None);
        while (provider.Store.Journal.BytesSinceCheckpoint < Mebibyte) await PutAsync(provider, 0, 0);
        await files.Reached;
        while (provider.Store.Journal.BytesSinceCheckpoint < 4 * Mebibyte) await PutAsync(provider, 0, 1);

        files.Release();

        await CheckpointedAsync(provider);
        provider.Store.Journal.BytesSinceCheckpoint.Should().BeLessThan(2 * Mebibyte);
    }

    [Test]
    public async Task Checkpoint_DiskHangsOnTheSnapshot_WritersGoOn()
    {
        using var files = new HeldFileSystem(static path => path.EndsWith(".bps.tmp", StringComparison.Ordinal));
        await using var provider = new FileStateProvider(new() { Directory = _directory, SegmentBytes = 4096 }, null, null, files);
        await provider.OpenAsync(1, CancellationToken.None);
        for (var i = 0; i < 100; i++) await PutAsync(provider, i, 0);
        var checkpoint = Task.Run(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());
        await files.Reached;
        try
        {
            var before = provider.Store.Journal.SegmentNumber;
            for (var i = 0; i < 200 || (i < 5_000 && provider.Store.Journal.SegmentNumber < before + 2); i++) await PutAsync(provider, i % 200, 1);
            provider.Store.Journal.SegmentNumber.Should().BeGreaterThan(before + 1, "segments follow each other beside a snapshot");
            checkpoint.IsCompleted.Should().BeFalse();
        }
        finally
        {
            files.Release();
        }
        await checkpoint;
        await provider.DisposeAsync();
        await using var again = new FileStateProvider(new() { Directory = _directory });
        await again.OpenAsync(1, CancellationToken.None);
        for (var i = 0; i < 200; i++) (await again.ReadOneAsync(new DocumentRead(Key(i)), CancellationToken.None)).Should().BeOfType<DocumentContent>().Which.Value.Span[0].Should().Be(1);
    }

    // Writers go on beside a checkpoint, so that on a busy machine the journal may be longer for a while.
    private static async Task CheckpointedAsync(FileStateProvider provider)
    {
        var waited = Stopwatch.StartNew();
        while (provider.Store.Journal.BytesSinceCheckpoint >= 2 * Mebibyte)
        {
            waited.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(1), "a checkpoint is due");
            await Task.Yield();
        }
    }

    private static Task PutAsync(FileStateProvider provider, int i, int round)
    {
        var value = new byte[ValueBytes];
        value[0] = (byte)round;
        return provider.CommitAsync(new StateCommit([new PutDocument(Key(i), value)]), CancellationToken.None).AsTask();
    }

    private static StateKey Key(int i) => new(0, StateShape.Document, "test", $"{i}");

    private long Bytes() => new DirectoryInfo(_directory).EnumerateFiles().Sum(static f => f.Exists ? f.Length : 0);
}
