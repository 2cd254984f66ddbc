using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// Another process changes the store's directory right before one certain call, so that a single proof can notice it.
/// <see cref="TamperingTests"/> tries every call, and asserts what holds for all of them.
/// </summary>
[TestFixture]
[Platform(Exclude = "Win")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class ProofTests
{
    private const string Foreign = "This belongs to somebody else.";

    private readonly string _root = Directory.CreateTempSubdirectory("proof@example.com-").FullName;
    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly ListLogger _log = new();
    private readonly Lock _gate = new();
    private (DiskCall Call, string Name, Action Act)? _trap;

    private string Store => Path.Combine(_root, "store");

    private string Moved => Path.Combine(_root, "moved");

    private string Aside => Path.Combine(_root, "aside");

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Commit_SegmentTakenAwayBeforeItIsFlushed_IsNotAcknowledged([Values(TamperWay.Removed, TamperWay.Replaced, TamperWay.Copied)] TamperWay way)
    {
        var provider = await OpenAsync();
        await PutAsync(provider, "a");
        Before(DiskCall.Flush, StoreNames.Segment(1), () => TakeAway(StoreNames.Segment(1), way));

        await AssertLostAsync(() => PutAsync(provider, "b"));

        await provider.DisposeAsync();
    }

    [Test]
    public async Task Commit_SegmentTakenAwayBeforeItIsWrittenTo_IsNotAcknowledged([Values] FileDurability durability, [Values(TamperWay.Removed, TamperWay.Replaced, TamperWay.Copied)] TamperWay way)
    {
        var provider = await OpenAsync(durability);
        await PutAsync(provider, "a");
        Before(DiskCall.Write, StoreNames.Segment(1), () => TakeAway(StoreNames.Segment(1), way));

        await AssertLostAsync(() => PutAsync(provider, "b"));

        if (durability is FileDurability.Always) await provider.DisposeAsync();
        else await FluentActions.Awaiting(() => provider.DisposeAsync().AsTask()).Should().ThrowAsync<StateUnavailableException>("what was acknowledged was never flushed");
    }

    [Test]
    public async Task Flush_SegmentTakenAwayBefore_IsNotTakenForSafe([Values(FileDurability.Interval, FileDurability.OperatingSystem)] FileDurability durability)
    {
        var provider = await OpenAsync(durability);
        await PutAsync(provider, "a");
        Before(DiskCall.Flush, StoreNames.Segment(1), () => TakeAway(StoreNames.Segment(1), TamperWay.Copied));

        provider.Store.Journal.Invoking(static j => j.Flush()).Should().Throw<StateUnavailableException>().WithInnerException<StoreLostException>();

        await FluentActions.Awaiting(() => provider.DisposeAsync().AsTask()).Should().ThrowAsync<StateUnavailableException>();
    }

    [Test]
    public async Task Checkpoint_DirectoryExchangedBefore_MakesNothingInTheFormerOne()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        ExchangeDirectory();
        var before = Entries(Moved);

        await AssertLostAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());

        Entries(Moved).Should().Equal(before);
        Entries(Store).Should().BeEmpty();
    }

    [Test]
    public async Task Checkpoint_DirectoryExchangedBefore_DeletesNothingInTheFormerOne()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        var left = StoreNames.Snapshot(9) + StoreNames.Temporary;
        await File.WriteAllTextAsync(Path.Combine(Store, left), "left over");
        ExchangeDirectory();

        await AssertLostAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());

        Entries(Moved).Should().Contain(left);
    }

    [Test]
    public async Task Checkpoint_DirectoryExchangedBeforeTheSnapshotIsFlushed_PublishesNothing()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        Before(DiskCall.Flush, StoreNames.Snapshot(2) + StoreNames.Temporary, ExchangeDirectory);

        await AssertLostAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());

        Entries(Moved).Should().NotContain(StoreNames.Snapshot(2)).And.Contain(StoreNames.Segment(1));
        Entries(Store).Should().BeEmpty();
    }

    [Test]
    public async Task Checkpoint_SnapshotExchangedBeforeItIsPublished_PublishesNothing()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        var temporary = StoreNames.Snapshot(2) + StoreNames.Temporary;
        Before(DiskCall.Flush, temporary, () => TakeAway(temporary, TamperWay.Replaced));

        await AssertLostAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());

        Entries(Store).Should().NotContain(StoreNames.Snapshot(2)).And.Contain(StoreNames.Segment(1));
    }

    [Test]
    public async Task Checkpoint_NameOfTheSnapshotIsTaken_LeavesThatFileAndGoesOn()
    {
        await using (var provider = await OpenAsync())
        {
            await PutAsync(provider, "a");
            Before(DiskCall.Rename, StoreNames.Snapshot(2), () => Put(StoreNames.Snapshot(2)));

            (await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>()).Which.Message.Should().Contain("Remove it");

            Read(StoreNames.Snapshot(2)).Should().Be(Foreign);
            Entries(Store).Should().Contain(StoreNames.Segment(1)).And.NotContain(StoreNames.Snapshot(2) + StoreNames.Temporary);
            await PutAsync(provider, "b");
        }
        File.Delete(Path.Combine(Store, StoreNames.Snapshot(2)));
        await AssertHoldsAsync("a", "b");
    }

    [Test]
    public async Task Checkpoint_SnapshotExchangedBeforeTheNextTakesItsPlace_LeavesThatFile()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        await provider.Store.CheckpointAsync(CancellationToken.None);
        // Nothing was committed since, so the next snapshot takes the place of this one.
        Before(DiskCall.Prove, StoreNames.Snapshot(2) + StoreNames.Temporary, () => TakeAway(StoreNames.Snapshot(2), TamperWay.Replaced));

        await AssertLostAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());

        Read(StoreNames.Snapshot(2)).Should().Be(Foreign);
    }

    [Test]
    public async Task Checkpoint_SuperfluousSegmentExchangedBeforeItIsDeleted_LeavesThatFile()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        Before(DiskCall.Delete, StoreNames.Segment(1), () => TakeAway(StoreNames.Segment(1), TamperWay.Replaced));

        await AssertLostAsync(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask());

        Read(StoreNames.Segment(1)).Should().Be(Foreign);
    }

    [Test]
    public async Task Rotate_UnfinishedSegmentExchangedBeforeItIsDeleted_LeavesThatFile()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        Before(DiskCall.FlushDirectory, "store", () =>
        {
            TakeAway(StoreNames.Segment(2), TamperWay.Replaced);
            throw new IOException("Input/output error");
        });

        provider.Store.Rotate();

        Read(StoreNames.Segment(2)).Should().Be(Foreign);
        await AssertLostAsync(() => PutAsync(provider, "b"));
    }

    [Test]
    public async Task Rotate_DirectoryExchangedBeforeTheUnfinishedSegmentIsDeleted_DeletesNothing()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        Before(DiskCall.FlushDirectory, "store", () =>
        {
            ExchangeDirectory();
            throw new IOException("Input/output error");
        });

        provider.Store.Rotate();

        Entries(Moved).Should().Contain(StoreNames.Segment(2));
        await AssertLostAsync(() => PutAsync(provider, "b"));
    }

    [Test]
    public async Task Open_SegmentExchangedBetweenReadingAndWriting_IsRefused()
    {
        await using (var provider = await OpenAsync()) await PutAsync(provider, "a");
        Before(DiskCall.Open, StoreNames.Segment(1), () => TakeAway(StoreNames.Segment(1), TamperWay.Copied));

        await AssertLostAsync(() => OpenAsync(), logs: false);

        Read(StoreNames.Segment(1)).Should().Be(await File.ReadAllTextAsync(Aside), "the copy was not written to");
    }

    [Test]
    public async Task Open_SnapshotExchangedOnceItIsOpen_IsRefused()
    {
        await using (var provider = await OpenAsync())
        {
            await PutAsync(provider, "a");
            await provider.Store.CheckpointAsync(CancellationToken.None);
        }
        Before(DiskCall.Prove, StoreNames.Snapshot(2), () => TakeAway(StoreNames.Snapshot(2), TamperWay.Copied));

        await AssertLostAsync(() => OpenAsync(), logs: false);
    }

    [Test]
    public async Task Open_NameOfTheMarkerIsTakenBeforeItIsMade_LeavesThatFile()
    {
        Before(DiskCall.Rename, StoreNames.Marker, () => Put(StoreNames.Marker));

        (await FluentActions.Awaiting(() => OpenAsync()).Should().ThrowAsync<StateUnavailableException>()).Which.Message.Should().Contain("Remove it");

        Read(StoreNames.Marker).Should().Be(Foreign);
    }

    [Test]
    public async Task Repair_DirectoryExchangedBeforeTheFormerFilesAreMoved_LeavesThem()
    {
        await using (var provider = await OpenAsync()) await PutAsync(provider, "a");
        await File.WriteAllTextAsync(Path.Combine(Store, StoreNames.Segment(1)), Foreign);
        Before(DiskCall.CreateDirectory, "former-0000000000000002", ExchangeDirectory);

        FluentActions.Invoking(() => StoreRepair.Repair(Files, Store, _time)).Should().Throw<StoreLostException>();

        (await File.ReadAllTextAsync(Path.Combine(Moved, StoreNames.Segment(1)))).Should().Be(Foreign);
        Entries(Store).Should().BeEmpty();
    }

    private SteppedFileSystem Files => new(OnCall);

    private void Before(DiskCall call, string name, Action act)
    {
        lock (_gate) _trap = (call, name, act);
    }

    private void OnCall(DiskCall call, string name)
    {
        Action act;
        lock (_gate)
        {
            if (_trap is not { } trap || trap.Call != call || trap.Name != name) return;
            (act, _trap) = (trap.Act, null);
        }
        act();
    }

    private void ExchangeDirectory()
    {
        Directory.Move(Store, Moved);
        Directory.CreateDirectory(Store);
    }

    private void TakeAway(string name, TamperWay way)
    {
        File.Move(Path.Combine(Store, name), Aside);
        if (way is TamperWay.Replaced) Put(name);
        else if (way is TamperWay.Copied) File.Copy(Aside, Path.Combine(Store, name));
    }

    private void Put(string name) => File.WriteAllText(Path.Combine(Store, name), Foreign);

    private string Read(string name) => File.ReadAllText(Path.Combine(Store, name));

    private static IEnumerable<string?> Entries(string directory) => Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private async Task AssertLostAsync(Func<Task> call, bool logs = true)
    {
        var refused = await FluentActions.Awaiting(call).Should().ThrowAsync<StateUnavailableException>();
        refused.WithInnerException<StoreLostException>();
        refused.Which.ToString().Should().NotContain("@example.com");
        _trap.Should().BeNull("the call was made");
        if (logs) _log.Entries.Should().ContainSingle(static e => e.Level == LogLevel.Critical).Which.Event.Id.Should().Be(LogEvents.FileStoreLost);
    }

    private async Task AssertHoldsAsync(params string[] ids)
    {
        await using var provider = await OpenAsync();
        foreach (var id in ids) (await provider.ReadOneAsync(new DocumentRead(Key(id)), CancellationToken.None)).Should().NotBeNull();
    }

    private async Task<FileStateProvider> OpenAsync(FileDurability durability = FileDurability.Always)
    {
        var provider = new FileStateProvider(new() { Directory = Store, Durability = durability, OwnerTimeout = TimeSpan.Zero }, _time, _log, Files);
        await provider.OpenAsync(4, CancellationToken.None);
        return provider;
    }

    private static StateKey Key(string id) => new(0, StateShape.Document, "proof", id);

    private static Task PutAsync(FileStateProvider provider, string id) =>
        provider.CommitAsync(new StateCommit([new PutDocument(Key(id), new byte[10])]), CancellationToken.None).AsTask();
}
