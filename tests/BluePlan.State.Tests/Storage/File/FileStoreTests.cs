using System.Buffers.Binary;
using System.IO.Hashing;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What the file store does beside keeping commits: room on disk, failures that lose nothing, openings that meet each other.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class FileStoreTests
{
    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly SimulatedDisk _disk = new(new(1));

    [Test]
    public async Task Maintain_ExpiredKeysOfAnIdleStore_LeaveDiskAndMemory()
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 100; i++) await PutAsync(provider, $"{i}", 1000, StateExpiry.After(TimeSpan.FromMinutes(1)));
        await PutAsync(provider, "kept", 10);
        await provider.Store.CheckpointAsync(CancellationToken.None);
        SnapshotBytes().Should().BeGreaterThan(100_000);
        _time.Advance(TimeSpan.FromMinutes(2));
        await provider.MaintainAsync(CancellationToken.None);
        provider.Store.Engine.Partitions.Sum(static p => p.Keys.Count).Should().Be(1);
        SnapshotBytes().Should().BeLessThan(1000);
    }

    [Test]
    public async Task Maintain_KeysThatExpiredWhileNobodyHadTheStoreOpen_LeaveTheJournalToo()
    {
        await using (var provider = await OpenAsync()) await PutAsync(provider, "secret", 100, StateExpiry.After(TimeSpan.FromMinutes(1)), value: 0xAB);
        _time.Advance(TimeSpan.FromMinutes(2));
        await using var again = await OpenAsync();
        await again.MaintainAsync(CancellationToken.None);
        _disk.Paths.Where(p => Convert.ToHexString(_disk.Inode(p).Bytes).Contains(string.Concat(Enumerable.Repeat("AB", 100)), StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Test]
    public async Task Maintain_NothingToGain_WritesNothing()
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 10; i++) await PutAsync(provider, $"{i}", 100);
        await provider.MaintainAsync(CancellationToken.None);
        SnapshotBytes().Should().Be(0);
    }

    [Test]
    public async Task JournalFails_LoggerThrows_NobodyWaitsForEver()
    {
        var log = new ListLogger { Refused = LogEvents.FileJournalFailed };
        await using var provider = new FileStateProvider(new() { Directory = SimulatedStore.Directory }, _time, log, _disk);
        await provider.OpenAsync(1, CancellationToken.None);
        using var released = new ManualResetEventSlim();
        provider.Store.Journal.Written += released.Wait;
        try
        {
            await PutAsync(provider, "a", 1);
            var waiting = PutAsync(provider, "a", 2);

            provider.Store.Journal.Invoking(static j => j.Fail(new IOException("The disk is full."))).Should().Throw<IOException>().WithMessage("The log's disk is full.");

            (await waiting.Awaiting(w => w.WaitAsync(TimeSpan.FromSeconds(20))).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeFalse();
        }
        finally
        {
            released.Set();
        }
    }

    [Test]
    public async Task Checkpoint_CannotBeWritten_LeavesTheJournalDue()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a", 100);
        var due = provider.Store.Journal.BytesSinceCheckpoint;
        due.Should().BePositive();
        _disk.Probe = static (call, path) => call is DiskCall.Flush && path.Contains("snapshot", StringComparison.Ordinal) ? new(new IOException("No space left on device")) : null;
        await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>();
        provider.Store.Journal.BytesSinceCheckpoint.Should().Be(due);
        _disk.Probe = null;
        await PutAsync(provider, "b", 100);
        await provider.Store.CheckpointAsync(CancellationToken.None);
        provider.Store.Journal.BytesSinceCheckpoint.Should().Be(0);
    }

    [Test]
    public async Task Import_SuperfluousFilesCannotBeDeleted_Succeeds()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "old", 10);
        _disk.Probe = static (call, _) => call is DiskCall.Delete ? new(new IOException("Input/output error")) : null;
        await provider.ImportAsync(AsyncEnumerable.Empty<StateRecord>(), StateImportMode.Replace, CancellationToken.None);
        (await provider.ReadOneAsync(new DocumentRead(Key("old")), CancellationToken.None)).Should().BeNull();
        _disk.Probe = null;
        await provider.DisposeAsync();
        await using var again = await OpenAsync();
        (await again.ReadOneAsync(new DocumentRead(Key("old")), CancellationToken.None)).Should().BeNull();
    }

    [Test]
    public async Task Open_OldSegmentIsOfAnotherVersion_LeavesItThere()
    {
        var segment = Path.Combine(SimulatedStore.Directory, StoreNames.Segment(1));
        await using (var provider = await OpenAsync())
        {
            await PutAsync(provider, "one", 10);
            await provider.Store.CheckpointAsync(CancellationToken.None);
        }
        _disk.Paths.Should().NotContain(segment);
        var header = new byte[JournalFormat.HeaderBytes];
        JournalFormat.WriteHeader(header, new(UInt128.One, CommitDraw.Partitions, 1), 1, 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), 99);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(56), XxHash3.HashToUInt64(header.AsSpan(0, 56), JournalFormat.HeaderBytes));
        FluentActions.Invoking(() => JournalFormat.ReadHeader(header, segment)).Should().Throw<StateOpenException>();
        _disk.Put(segment, header);

        await using var again = await OpenAsync();

        (await again.ReadOneAsync(new DocumentRead(Key("one")), CancellationToken.None)).Should().NotBeNull();
        _disk.Inode(segment).Bytes.Should().StartWith(header);
    }

    [Test]
    public async Task Open_WhileSomebodyElseMakesTheStore_FindsIt()
    {
        await using (var provider = await OpenAsync()) await PutAsync(provider, "a", 10);
        var marker = Path.Combine(SimulatedStore.Directory, "store.marker");
        var bytes = _disk.Inode(marker).Bytes;
        _disk.Remove(marker);
        _disk.Probe = (call, _) =>
        {
            // The other one has come so far, and leaves the lock.
            if (call is DiskCall.Lock or DiskCall.OpenRead && !_disk.Paths.Contains(marker)) _disk.Put(marker, bytes);
            return null;
        };
        await using var late = await OpenAsync();
        (await late.ReadOneAsync(new DocumentRead(Key("a")), CancellationToken.None)).Should().NotBeNull();
    }

    [Test]
    public async Task Open_MarkerLost_SaysSoAndIsRepaired()
    {
        await using (var provider = await OpenAsync()) await PutAsync(provider, "a", 10);
        _disk.Remove(Path.Combine(SimulatedStore.Directory, "store.marker"));
        (await FluentActions.Awaiting(OpenAsync).Should().ThrowAsync<StateCorruptionException>()).WithMessage("*lost its marker*RepairAsync*");
        StoreRepair.Repair(_disk, SimulatedStore.Directory, _time).Damage.Should().ContainSingle().Which.File.Should().Be("store.marker");
        await using var repaired = await OpenAsync();
        (await repaired.ReadOneAsync(new DocumentRead(Key("a")), CancellationToken.None)).Should().NotBeNull();
    }

    [Test]
    public async Task Open_MarkerLostAgainAfterARepair_StillSaysThatAStoreIsThere()
    {
        await Open_MarkerLost_SaysSoAndIsRepaired();
        _disk.Put(Path.Combine(SimulatedStore.Directory, "former-0000000000000002"), []);
        _disk.Remove(Path.Combine(SimulatedStore.Directory, "store.marker"));
        (await FluentActions.Awaiting(OpenAsync).Should().ThrowAsync<StateCorruptionException>()).WithMessage("*lost its marker*");
    }

    [Test]
    public async Task Repair_WholeStore_LeavesItAsItIs()
    {
        await using (var provider = await OpenAsync()) await PutAsync(provider, "a", 10);
        var before = _disk.Paths.Select(p => Convert.ToHexString(_disk.Inode(p).Bytes)).ToList();
        var report = StoreRepair.Repair(_disk, SimulatedStore.Directory, _time);
        (report.IsWhole, report.Keys, report.LastCommit, report.FormerFiles).Should().Be((true, 1, 2, null), "the mark of an orderly end is a frame too");
        _disk.Paths.Select(p => Convert.ToHexString(_disk.Inode(p).Bytes)).Should().Equal(before);
    }

    [Test]
    public async Task Verify_StoreIsOpen_Refuses()
    {
        await using var provider = await OpenAsync();
        FluentActions.Invoking(() => StoreRepair.Verify(_disk, SimulatedStore.Directory, _time)).Should().Throw<StateOpenException>().WithMessage("*open elsewhere*");
    }

    [Test]
    public void Verify_NoStore_ThrowsNotFound() =>
        FluentActions.Invoking(() => StoreRepair.Verify(_disk, SimulatedStore.Directory, _time)).Should().Throw<StateNotFoundException>();

    [Test]
    public async Task Rotate_WhileASnapshotIsWritten_GoesOnInANewSegment()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a", 100);
        Task? writing = null;
        _disk.Probe = (call, path) =>
        {
            // In the middle of the snapshot others write more than a segment.
            if (call is DiskCall.Write && path.EndsWith(".bps.tmp", StringComparison.Ordinal)) writing ??= Task.Run(() => FillAsync(provider));
            return null;
        };
        var checkpoint = provider.Store.CheckpointAsync(CancellationToken.None).AsTask();
        await checkpoint;
        await writing!;
        _disk.Probe = null;
        await provider.DisposeAsync();
        await using var again = await OpenAsync();
        for (var i = 0; i < 40; i++) (await again.ReadOneAsync(new DocumentRead(Key($"{i}")), CancellationToken.None)).Should().NotBeNull();
    }

    [Test]
    public async Task CommitAsync_CancelledWhileTheDiskHangs_GoesOnAtOnceAndIsMadeAllTheSame()
    {
        using var hang = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var provider = await OpenAsync())
        {
            _disk.Probe = (call, _) =>
            {
                if (call is not DiskCall.Flush) return null;
                reached.TrySetResult();
                hang.Wait();
                return null;
            };
            var impatient = provider.CommitAsync(new StateCommit([new PutDocument(Key("impatient"), new byte[10])]), cancellation.Token).AsTask();
            var patient = PutAsync(provider, "patient", 10);
            await reached.Task;
            await cancellation.CancelAsync();
            await FluentActions.Awaiting(() => impatient.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<OperationCanceledException>();
            patient.IsCompleted.Should().BeFalse();
            hang.Set();
            await patient;
        }
        _disk.Probe = null;
        await using var again = await OpenAsync();
        foreach (var id in new[] { "impatient", "patient" }) (await again.ReadOneAsync(new DocumentRead(Key(id)), CancellationToken.None)).Should().NotBeNull();
    }

    private async Task<FileStateProvider> OpenAsync()
    {
        var provider = SimulatedStore.Make(_disk, _time);
        await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        return provider;
    }

    private static async Task FillAsync(FileStateProvider provider)
    {
        for (var i = 0; i < 40; i++) await PutAsync(provider, $"{i}", 500);
    }

    private static Task PutAsync(FileStateProvider provider, string id, int bytes, StateExpiry expiry = default, byte value = 1) =>
        provider.CommitAsync(new StateCommit([new PutDocument(Key(id), Enumerable.Repeat(value, bytes).ToArray(), expiry)]), CancellationToken.None).AsTask();

    private static StateKey Key(string id) => new(0, StateShape.Document, "test", id);

    private long SnapshotBytes() => _disk.Paths.Where(static p => p.EndsWith(".bps", StringComparison.Ordinal)).Sum(p => (long)_disk.Inode(p).Length);
}
