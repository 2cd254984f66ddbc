using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>The promise of each durability: what survives a power cut, and what the end of the process.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FileDurabilityTests
{
    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly SimulatedDisk _disk = new(new(1));

    [Test]
    public async Task Acknowledged_ProcessEnds_IsThere([Values] FileDurability durability)
    {
        await using var provider = await OpenAsync(_disk, durability);
        for (var i = 1; i <= 20; i++) await PutAsync(provider, i);
        (await CountAsync(_disk.Copy(new(1)))).Should().Be(20);
    }

    [Test]
    public async Task Acknowledged_PowerCutUnderAlways_IsThere()
    {
        await using var provider = await OpenAsync(_disk, FileDurability.Always);
        for (var i = 1; i <= 20; i++)
        {
            await PutAsync(provider, i);
            (await CountAsync(_disk.AfterCrash(CrashChoice.Nothing, new(1)))).Should().Be(i);
        }
    }

    [Test]
    public async Task Acknowledged_PowerCutUnderInterval_LosesTheLastIntervalAtMost()
    {
        var flushes = new SemaphoreSlim(0);
        await using var provider = await OpenAsync(_disk, FileDurability.Interval);
        for (var i = 1; i <= 10; i++) await PutAsync(provider, i);
        (await CountAsync(_disk.AfterCrash(CrashChoice.Nothing, new(1)))).Should().Be(0, "no interval has passed");
        _disk.Probe = (call, _) =>
        {
            if (call is DiskCall.Flush) flushes.Release();
            return null;
        };
        _time.Advance(TimeSpan.FromSeconds(1));
        (await flushes.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue();
        // The next one is written behind the flush.
        await PutAsync(provider, 11);
        (await CountAsync(_disk.AfterCrash(CrashChoice.Nothing, new(1)))).Should().Be(10);
    }

    [Test]
    public async Task Interval_AlwaysSomethingToWrite_FlushesAllTheSame()
    {
        await using var provider = await OpenAsync(_disk, FileDurability.Interval);
        await PutAsync(provider, 1);
        using var written = new ManualResetEventSlim();
        var flushed = 0;
        Task? next = null;
        _disk.Probe = (call, _) =>
        {
            // While a batch is written the time for a flush comes, and so does another batch.
            if (call is DiskCall.Write && next is null)
            {
                next = Task.Run(() =>
                {
                    var more = PutAsync(provider, 3);
                    _time.Advance(TimeSpan.FromSeconds(1));
                    written.Set();
                    return more;
                });
                written.Wait();
            }
            if (call is DiskCall.Flush) flushed++;
            return null;
        };
        await PutAsync(provider, 2);
        await next!;
        flushed.Should().Be(1);
    }

    [Test]
    public async Task Acknowledged_PowerCutUnderOperatingSystem_IsAsAfterSomeCommit()
    {
        await using var provider = await OpenAsync(_disk, FileDurability.OperatingSystem);
        for (var i = 1; i <= 10; i++) await PutAsync(provider, i);
        await provider.Store.CheckpointAsync(CancellationToken.None);
        for (var i = 11; i <= 20; i++) await PutAsync(provider, i);
        for (var seed = 0; seed < 50; seed++) (await CountAsync(_disk.AfterCrash(CrashChoice.Of(new(seed)), new(1)))).Should().BeInRange(10, 20);
        (await CountAsync(_disk.AfterCrash(CrashChoice.Nothing, new(1)))).Should().Be(10, "the checkpoint is safe");
    }

    [Test]
    public async Task Dispose_EveryDurability_LeavesEverythingSafe([Values] FileDurability durability)
    {
        await using var provider = await OpenAsync(_disk, durability);
        for (var i = 1; i <= 20; i++) await PutAsync(provider, i);
        await provider.DisposeAsync();
        (await CountAsync(_disk.AfterCrash(CrashChoice.Nothing, new(1)))).Should().Be(20);
    }

    [Test]
    public async Task Dispose_FlushFailed_SaysThatAcknowledgedCommitsMayBeLost([Values(FileDurability.Interval, FileDurability.OperatingSystem)] FileDurability durability, [Values] bool before)
    {
        await using var provider = await OpenAsync(_disk, durability);
        await PutAsync(provider, 1);
        _disk.Probe = static (call, _) => call is DiskCall.Flush ? new(new IOException("Input/output error")) : null;
        // Also when the failure came earlier, and no commit since has met it.
        if (before) FluentActions.Invoking(provider.Store.Journal.Flush).Should().Throw<StateUnavailableException>();
        (await FluentActions.Awaiting(() => provider.DisposeAsync().AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();
    }

    [Test]
    public async Task Dispose_FlushFailedWhereTheNextSegmentBegins_ClosesBoth()
    {
        var provider = await OpenAsync(_disk, FileDurability.OperatingSystem);
        await PutAsync(provider, 1);
        provider.Store.Rotate();
        _disk.Probe = static (call, _) => call is DiskCall.Flush ? new(new IOException("Input/output error")) : null;
        await FluentActions.Awaiting(() => PutAsync(provider, 2)).Should().ThrowAsync<StateUnavailableException>();

        await FluentActions.Awaiting(() => provider.DisposeAsync().AsTask()).Should().ThrowAsync<StateUnavailableException>();

        _disk.OpenFiles.Should().Be(0);
    }

    private async Task<FileStateProvider> OpenAsync(SimulatedDisk disk, FileDurability durability)
    {
        var provider = new FileStateProvider(new() { Directory = SimulatedStore.Directory, Durability = durability }, _time, null, disk);
        await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        return provider;
    }

    private static Task PutAsync(FileStateProvider provider, int number) =>
        provider.CommitAsync(new StateCommit([new PutDocument(new(0, StateShape.Document, "test", $"{number}"), new byte[300])]), CancellationToken.None).AsTask();

    private async Task<int> CountAsync(SimulatedDisk disk)
    {
        await using var provider = await OpenAsync(disk, FileDurability.Always);
        return (await ExactContents.OfAsync(provider)).Count;
    }
}
