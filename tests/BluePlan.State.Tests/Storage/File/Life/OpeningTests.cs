using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A store that is open, and whose keys are still being built in memory.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OpeningTests
{
    private const int Partitions = 4, Keys = 2000;

    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-opening-").FullName;
    private readonly ListLogger _log = new();

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Open_ManyCallAtOnce_SeeAndChangeEverything([Values] bool snapshot)
    {
        await FillAsync(snapshot);
        for (var round = 0; round < 10; round++)
        {
            await using var provider = await OpenAsync();
            var number = round;
            await Task.WhenAll(Enumerable.Range(0, Keys).Select(n => Task.Run(async () =>
            {
                (await provider.ReadOneAsync(new DocumentRead(Key(n)), CancellationToken.None)).Should().BeOfType<DocumentContent>().Which.Value.Span[0].Should().Be((byte)(n + number));
                await PutAsync(provider, n, n + number + 1);
            })));
            if (number % 2 == 0) await provider.Store.CheckpointAsync(CancellationToken.None);
        }
    }

    [Test]
    public async Task Open_CheckpointAtOnce_HoldsEverything([Values] bool snapshot)
    {
        var before = await FillAsync(snapshot);
        await using (var provider = await OpenAsync()) await provider.Store.CheckpointAsync(CancellationToken.None);
        await using var again = await OpenAsync();
        (await ExactContents.OfAsync(again)).Lines.Should().Equal(before.Lines);
    }

    [Test]
    public async Task Open_ClosedAtOnce_HoldsEverything([Values] bool snapshot)
    {
        var before = await FillAsync(snapshot);
        for (var round = 0; round < 5; round++)
        {
            var provider = await OpenAsync();
            await provider.DisposeAsync();
        }
        await using var again = await OpenAsync();
        (await ExactContents.OfAsync(again)).Lines.Should().Equal(before.Lines);
    }

    [Test]
    public async Task Open_KeysThatExpiredMeanwhile_LeaveMemoryByThemselves()
    {
        await using (var provider = await OpenAsync())
        {
            await provider.CommitAsync(new StateCommit([new PutDocument(Key(0), new byte[10], StateExpiry.After(TimeSpan.FromMilliseconds(1)))]), CancellationToken.None);
            await PutAsync(provider, 1, 1);
        }
        await using var again = await OpenAsync();
        await again.Store.Built;
        again.Store.Engine.Partitions.Sum(static p => p.Keys.Count).Should().Be(1);
        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.FileStoreBuilt && e.Message.Contains("2 keys", StringComparison.Ordinal));
    }

    [Test]
    public async Task Open_SmallStoreHoldsWhatWasNeverWritten_IsRefusedAndUntouched()
    {
        await ForgeAsync();
        var before = Convert.ToHexString(await File.ReadAllBytesAsync(Segment));
        var error = (await FluentActions.Awaiting(() => OpenAsync(smallBytes: 1 << 20)).Should().ThrowAsync<StateCorruptionException>()).Which;
        error.Message.Should().Contain(Path.GetFileName(Segment)).And.Contain("at byte 64").And.Contain("Nothing was changed");
        Convert.ToHexString(await File.ReadAllBytesAsync(Segment)).Should().Be(before);
    }

    [Test]
    public async Task Open_StoreHoldsWhatWasNeverWritten_RefusesThatPartitionAndLosesNothing()
    {
        await ForgeAsync();
        await using (var provider = await OpenAsync())
        {
            await provider.Store.Built;
            for (var again = 0; again < 2; again++)
                (await FluentActions.Awaiting(() => provider.ReadOneAsync(new DocumentRead(Key(0)), CancellationToken.None).AsTask()).Should().ThrowAsync<StateCorruptionException>())
                    .Which.Message.Should().Contain(Path.GetFileName(Segment)).And.Contain("at byte 64").And.Contain("RepairAsync");
            await FluentActions.Awaiting(() => PutAsync(provider, 0, 0)).Should().ThrowAsync<StateCorruptionException>();
            await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<StateCorruptionException>();
            await PutAsync(provider, 1, 7);
        }
        _log.Entries.Should().Contain(static e => e.Level == LogLevel.Critical && e.Event.Id == LogEvents.FileStoreNotBuilt);
        await using var later = await OpenAsync();
        (await later.ReadOneAsync(new DocumentRead(Key(1)), CancellationToken.None)).Should().BeOfType<DocumentContent>().Which.Value.Span[0].Should().Be(7);
    }

    [Test]
    public async Task Dispose_BuildingFailedInAnyWay_ClosesTheStore()
    {
        await FillAsync(snapshot: true);
        _log.Refused = LogEvents.FileStoreBuilt;
        var provider = await OpenAsync();
        await PutAsync(provider, 0, 77);
        await provider.Store.Built.ContinueWith(static _ => { }, TaskScheduler.Default);

        await provider.DisposeAsync();

        _log.Refused = null;
        await using var again = await OpenAsync();
        (await again.ReadOneAsync(new DocumentRead(Key(0)), CancellationToken.None)).Should().BeOfType<DocumentContent>().Which.Value.Span[0].Should().Be(77);
    }

    private string Segment => Path.Combine(_directory, StoreNames.Segment(1));

    private async Task<FileStateProvider> OpenAsync(long smallBytes = 0)
    {
        var provider = new FileStateProvider(new() { Directory = _directory, SmallBytes = smallBytes, Durability = FileDurability.OperatingSystem }, null, _log, LocalFileSystem.Instance);
        await provider.OpenAsync(Partitions, CancellationToken.None);
        return provider;
    }

    private async Task<ExactContents> FillAsync(bool snapshot)
    {
        await using var provider = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(n => PutAsync(provider, n, n)));
        if (snapshot) await provider.Store.CheckpointAsync(CancellationToken.None);
        return await ExactContents.OfAsync(provider);
    }

    /// <summary>A store whose first frame has a right checksum over changes of a kind that does not exist.</summary>
    private async Task ForgeAsync()
    {
        await using (var provider = await OpenAsync()) await PutAsync(provider, 0, 1);
        var bytes = await File.ReadAllBytesAsync(Segment);
        var header = JournalFormat.ReadHeader(bytes, Segment)!.Value;
        JournalFormat.TryReadFrame(bytes.AsSpan(JournalFormat.HeaderBytes), header.Store, out var frame).Should().BeTrue();
        bytes.AsSpan(JournalFormat.HeaderBytes + JournalFormat.FrameHeaderBytes, 1).Fill(0xEE);
        JournalFormat.Seal(bytes.AsSpan(JournalFormat.HeaderBytes, frame.Bytes), header.Store, frame.Flushed);
        await File.WriteAllBytesAsync(Segment, bytes);
    }

    private static StateKey Key(int n) => new(n % Partitions, StateShape.Document, "opening", $"{n}");

    private static Task PutAsync(FileStateProvider provider, int n, int value) =>
        provider.CommitAsync(new StateCommit([new PutDocument(Key(n), new[] { (byte)value })]), CancellationToken.None).AsTask();
}
