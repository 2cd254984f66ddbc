using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A disk that is full refuses what it has no space for, keeps nothing half made, and is written again once there is space.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FullDiskTests
{
    private const int Megabyte = 1 << 20;

    private static readonly IOException NoSpace = new("No space left on device", 28);

    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly SimulatedDisk _disk = new(new(1));

    [Test]
    public async Task Commit_NoSpaceForIt_IsRefusedAndTheNextOneSucceedsOnceThereIs([Values] FileDurability durability)
    {
        await using var provider = await OpenAsync(durability);
        _disk.Capacity = _disk.Bytes + 3 * Megabyte;
        var acknowledged = 0;
        StateUnavailableException? refused = null;
        while (refused is null && acknowledged < 10)
        {
            refused = await TryPutAsync(provider, acknowledged, Megabyte);
            if (refused is null) acknowledged++;
        }

        acknowledged.Should().BeInRange(1, 3);
        refused!.MayHaveBeenWritten.Should().BeFalse();
        refused.InnerException!.Message.Should().Contain("No space");
        provider.Store.HasFailed.Should().BeFalse("nothing was written");
        (await ReadAsync(provider, acknowledged)).Should().BeNull("it leaves no trace");
        (await TryPutAsync(provider, 100, 64)).Should().BeNull("a small one fits still");
        var same = provider.Store;
        _disk.Capacity = long.MaxValue;
        (await TryPutAsync(provider, acknowledged, Megabyte)).Should().BeNull();
        provider.Store.Should().BeSameAs(same);
        await provider.DisposeAsync();

        await using var again = await OpenAsync(durability);
        for (var i = 0; i <= acknowledged; i++) (await ReadAsync(again, i))!.Value.Length.Should().Be(Megabyte);
        (await ReadAsync(again, 100)).Should().NotBeNull();
    }

    [Test]
    public async Task Commit_PreallocationFails_IsRefusedAndNothingLatches()
    {
        await using var provider = await OpenAsync();
        _disk.Probe = (call, _) => call is DiskCall.Preallocate ? new(NoSpace) : null;

        (await TryPutAsync(provider, 1, Megabyte))!.MayHaveBeenWritten.Should().BeFalse();
        _disk.Probe = null;

        (await TryPutAsync(provider, 1, Megabyte)).Should().BeNull();
    }

    [Test]
    public async Task Checkpoint_NoSpaceForIt_TakesNone()
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 12; i++) (await TryPutAsync(provider, i, Megabyte)).Should().BeNull();
        _disk.Capacity = _disk.Bytes + 6 * Megabyte;
        var before = _disk.Bytes;
        var most = before;
        _disk.Probe = (_, _) =>
        {
            most = Math.Max(most, _disk.Bytes);
            return null;
        };

        await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>();

        most.Should().Be(before, "it is known before that there is no space");
        _disk.Paths.Should().NotContain(static p => p.EndsWith(".tmp"));
        for (var i = 0; i < 30; i++) (await TryPutAsync(provider, 100 + i, 100_000)).Should().BeNull();
    }

    [Test]
    public async Task Checkpoint_JournalIsLongAndStateIsShort_IsMadeThoughTheBoundDoesNotFit()
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 12; i++) (await TryPutAsync(provider, 1, Megabyte)).Should().BeNull();
        _disk.Capacity = _disk.Bytes + 6 * Megabyte;

        await provider.Store.CheckpointAsync(CancellationToken.None);

        _disk.Bytes.Should().BeLessThan(4 * Megabyte);
    }

    [Test]
    public async Task Checkpoint_OthersFillTheDiskMeanwhile_GivesUpAndKeepsNothing()
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 12; i++) (await TryPutAsync(provider, i, Megabyte)).Should().BeNull();
        _disk.Capacity = _disk.Bytes + 40 * Megabyte;
        var written = 0;
        _disk.Probe = (call, path) =>
        {
            // Another program takes all but half a megabyte and a bit.
            if (call is DiskCall.Write && path.EndsWith(".tmp", StringComparison.Ordinal) && ++written == 3) _disk.Capacity = _disk.Bytes + Megabyte * 3 / 2;
            return null;
        };

        (await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>()).WithMessage("*kept for the journal*");

        _disk.Paths.Should().NotContain(static p => p.EndsWith(".tmp"));
        (await TryPutAsync(provider, 100, 64)).Should().BeNull();
    }

    [Test]
    public async Task Checkpoint_AnyCallFails_LeavesNoTemporaryFile([Values(DiskCall.Write, DiskCall.Flush)] DiskCall failing)
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 4; i++) await TryPutAsync(provider, i, Megabyte);
        _disk.Probe = (call, path) => call == failing && path.EndsWith(".tmp", StringComparison.Ordinal) ? new(NoSpace) : null;

        await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>();

        _disk.Paths.Should().NotContain(static p => p.EndsWith(".tmp"));
    }

    [Test]
    public async Task Replace_SnapshotCannotBeWritten_LeavesNoTemporaryFile()
    {
        await using var provider = await OpenAsync();
        await TryPutAsync(provider, 1, Megabyte);
        var records = await provider.ExportAsync(CancellationToken.None).ToListAsync();
        _disk.Probe = (call, path) => call is DiskCall.Write && path.EndsWith(".tmp", StringComparison.Ordinal) ? new(NoSpace) : null;

        var failed = await FluentActions.Awaiting(() => provider.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Replace, CancellationToken.None).AsTask()).Should().ThrowAsync<StateUnavailableException>();

        failed.Which.MayHaveBeenWritten.Should().BeFalse();
        _disk.Paths.Should().NotContain(static p => p.EndsWith(".tmp"));
        (await TryPutAsync(provider, 2, 64)).Should().BeNull();
    }

    [Test]
    public async Task Rotate_SegmentCannotBePrepared_LeavesNoHalfSegment()
    {
        await using var provider = await OpenAsync();
        await TryPutAsync(provider, 1, 64);
        var before = _disk.Paths;
        _disk.Probe = (call, path) => call is DiskCall.Preallocate && path.EndsWith(".bpj", StringComparison.Ordinal) ? new(NoSpace) : null;

        provider.Store.Rotate();

        _disk.Paths.Should().Equal(before);
    }

    [Test]
    public async Task Repair_SnapshotCannotBeWritten_LeavesNoTemporaryFile()
    {
        await using (var provider = await OpenAsync())
        {
            for (var i = 0; i < 3; i++) await TryPutAsync(provider, i, 4096);
        }
        var segment = _disk.Paths.Single(static p => p.EndsWith(".bpj", StringComparison.Ordinal));
        var bytes = _disk.Inode(segment).Bytes;
        bytes[200] ^= 1;
        _disk.Put(segment, bytes);
        _disk.Probe = (call, path) => call is DiskCall.Write && path.EndsWith(".bps.tmp", StringComparison.Ordinal) ? new(NoSpace) : null;

        FluentActions.Invoking(() => StoreRepair.Repair(_disk, SimulatedStore.Directory, _time)).Should().Throw<IOException>();

        _disk.Paths.Should().NotContain(static p => p.EndsWith(".tmp"));
    }

    [Test]
    public async Task Close_NoSpaceForItsMark_ClosesAndLosesNothing()
    {
        var provider = await OpenAsync();
        await TryPutAsync(provider, 1, 64);
        _disk.Capacity = 0;
        for (var i = 2; await TryPutAsync(provider, i, 64) is null; i++) { }

        await provider.DisposeAsync();

        _disk.Capacity = long.MaxValue;
        await using var again = await OpenAsync();
        (await ReadAsync(again, 1)).Should().NotBeNull();
    }

    private async Task<FileStateProvider> OpenAsync(FileDurability durability = FileDurability.Always)
    {
        var provider = new FileStateProvider(new() { Directory = SimulatedStore.Directory, Durability = durability, OwnerTimeout = TimeSpan.Zero }, _time, null, _disk);
        await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        return provider;
    }

    private static StateKey Key(int number) => new(0, StateShape.Document, "test", $"{number}");

    private static async Task<DocumentContent?> ReadAsync(FileStateProvider provider, int number) => (DocumentContent?)await provider.ReadOneAsync(new DocumentRead(Key(number)), CancellationToken.None);

    private static async Task<StateUnavailableException?> TryPutAsync(FileStateProvider provider, int number, int bytes)
    {
        try
        {
            await provider.CommitAsync(new(new PutDocument(Key(number), new byte[bytes])), CancellationToken.None);
            return null;
        }
        catch (StateUnavailableException exception)
        {
            return exception;
        }
    }
}
