using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>An open store whose directory or files are taken away under it, as its callers see it.</summary>
[TestFixture]
[Platform(Exclude = "Win")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class OwnershipTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("ownership@example.com-").FullName;
    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly ListLogger _log = new();

    private string Store => Path.Combine(_root, "store");

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Commit_DirectoryRemoved_IsRefusedSaysWhyAndLogs([Values] FileDurability durability)
    {
        var provider = await OpenAsync(durability);
        await PutAsync(provider, "a");
        Directory.Delete(Store, recursive: true);

        for (var i = 0; i < 3; i++)
        {
            var refused = (await FluentActions.Awaiting(() => PutAsync(provider, "b")).Should().ThrowAsync<StateUnavailableException>()).Which;
            refused.Message.Should().Contain(ShownPath.Of(Store)).And.Contain("was removed, renamed or replaced while the store was open").And.Contain("refuses to write");
            refused.MayHaveBeenWritten.Should().BeFalse();
        }

        (await FluentActions.Awaiting(() => provider.MaintainAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which.Message.Should().Contain("was removed");
        _log.Entries.Where(static e => e.Level == LogLevel.Critical).Should().ContainSingle().Which.Event.Id.Should().Be(LogEvents.FileStoreLost);
        (await provider.ReadOneAsync(new DocumentRead(Key("a")), CancellationToken.None)).Should().NotBeNull("memory is still read");
        Directory.Exists(Store).Should().BeFalse();
        if (durability is FileDurability.Always) await provider.DisposeAsync();
        else await FluentActions.Awaiting(() => provider.DisposeAsync().AsTask()).Should().ThrowAsync<StateUnavailableException>("what was acknowledged was never flushed");
    }

    [Test]
    public async Task Commit_DirectoryMovedAndAnotherInItsPlace_TouchesNeither()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        Directory.Move(Store, Store + "-moved");
        Directory.CreateDirectory(Store);

        await FluentActions.Awaiting(() => PutAsync(provider, "b")).Should().ThrowAsync<StateUnavailableException>();
        await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<StateUnavailableException>();
        await FluentActions.Awaiting(() => provider.ImportAsync(AsyncEnumerable.Empty<StateRecord>(), StateImportMode.Replace, CancellationToken.None).AsTask()).Should().ThrowAsync<StateUnavailableException>();
        await provider.DisposeAsync();

        Directory.EnumerateFileSystemEntries(Store).Should().BeEmpty();
        Directory.Delete(Store);
        Directory.Move(Store + "-moved", Store);
        await using var again = await OpenAsync();
        (await again.ReadOneAsync(new DocumentRead(Key("a")), CancellationToken.None)).Should().NotBeNull();
    }

    [Test]
    public async Task Commit_DirectoryMovedAndALinkToItInItsPlace_GoesOn()
    {
        await using var provider = await OpenAsync();
        Directory.Move(Store, Store + "-moved");
        Directory.CreateSymbolicLink(Store, Store + "-moved");
        await PutAsync(provider, "a");
        await provider.Store.CheckpointAsync(CancellationToken.None);
        await provider.DisposeAsync();
        await using var again = await OpenAsync();
        (await again.ReadOneAsync(new DocumentRead(Key("a")), CancellationToken.None)).Should().NotBeNull("the path leads to the same directory");
    }

    [Test]
    public async Task Open_LockRemovedUnderAnOpenStore_IsRefusedAndTheFirstNotices()
    {
        await using var first = await OpenAsync();
        await PutAsync(first, "a");
        File.Delete(Path.Combine(Store, "store.lock"));

        (await FluentActions.Awaiting(() => OpenAsync()).Should().ThrowAsync<StateOpenException>()).Which.Message.Should().Contain("open elsewhere").And.Contain($"process {Environment.ProcessId} on");

        (await FluentActions.Awaiting(() => PutAsync(first, "b")).Should().ThrowAsync<StateUnavailableException>()).Which.Message.Should().Contain("store.lock");
        await first.DisposeAsync();
        await using var again = await OpenAsync();
        (await again.ReadOneAsync(new DocumentRead(Key("a")), CancellationToken.None)).Should().NotBeNull();
    }

    [Test]
    public async Task Store_OnlyRead_NoticesWithinASecond()
    {
        await using var provider = await OpenAsync();
        Directory.Move(Store, Store + "-moved");

        _time.Advance(TimeSpan.FromSeconds(1));

        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (provider.Store.Journal.IsWritable && waited.Elapsed < TimeSpan.FromSeconds(30)) await Task.Yield();
        _log.Entries.Should().Contain(static e => e.Level == LogLevel.Critical && e.Event.Id == LogEvents.FileStoreLost);
    }

    [Test]
    public async Task Dispose_DirectoryRemovedAfterTheLastCommit_SaysSo([Values(FileDurability.Interval, FileDurability.OperatingSystem)] FileDurability durability)
    {
        var provider = await OpenAsync(durability);
        await PutAsync(provider, "a");
        Directory.Delete(Store, recursive: true);

        (await FluentActions.Awaiting(() => provider.DisposeAsync().AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which.Message.Should().Contain("was removed");
    }

    [Test]
    public async Task Checkpoint_FileOfAnotherStoreAmongSuperfluousOnes_StaysAndIsNamed()
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            await PutAsync(provider, $"{i}");
            await provider.Store.CheckpointAsync(CancellationToken.None);
        }
        var foreign = Path.Combine(Store, StoreNames.Segment(1));
        await File.WriteAllTextAsync(foreign, "This belongs to somebody else.");
        await PutAsync(provider, "b");

        await provider.Store.CheckpointAsync(CancellationToken.None);

        (await File.ReadAllTextAsync(foreign)).Should().Be("This belongs to somebody else.");
        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.FileSuperfluousNotDeleted && e.Exception!.Message.Contains(ShownPath.Of(foreign), StringComparison.Ordinal));
        await provider.DisposeAsync();
        await using var again = await OpenAsync();
        (await again.ReadOneAsync(new DocumentRead(Key("b")), CancellationToken.None)).Should().NotBeNull();
        File.Exists(foreign).Should().BeTrue();
    }

    [Test]
    public async Task Rotate_NameOfTheNextSegmentIsTaken_LeavesThatFileAndGoesOn()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "a");
        var planted = Path.Combine(Store, StoreNames.Segment(2));
        await File.WriteAllTextAsync(planted, "planted");

        provider.Store.Rotate();
        await PutAsync(provider, "b");

        (await File.ReadAllTextAsync(planted)).Should().Be("planted");
        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.FileSegmentNotPrepared && e.Exception!.Message.Contains(ShownPath.Of(planted), StringComparison.Ordinal));
    }

    private async Task<FileStateProvider> OpenAsync(FileDurability durability = FileDurability.Always)
    {
        var provider = new FileStateProvider(new() { Directory = Store, Durability = durability, OwnerTimeout = TimeSpan.Zero }, _time, _log, LocalFileSystem.Instance);
        await provider.OpenAsync(4, CancellationToken.None);
        return provider;
    }

    private static StateKey Key(string id) => new(0, StateShape.Document, "ownership", id);

    private static Task PutAsync(FileStateProvider provider, string id) =>
        provider.CommitAsync(new StateCommit([new PutDocument(Key(id), new byte[10])]), CancellationToken.None).AsTask();
}
