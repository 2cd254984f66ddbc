using System.Buffers.Binary;
using System.IO.Hashing;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A store whose journal has failed is opened anew by the calls that come later, and until then says exactly what was not written.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReopeningTests
{
    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly SimulatedDisk _disk = new(new(1));

    [Test]
    public async Task Commit_AfterAFailedFlush_OpensTheStoreAnew([Values] FileDurability durability)
    {
        await using var provider = await OpenAsync(durability);
        await PutAsync(provider, "before");
        await FailAsync(provider, DiskCall.Flush, durability);
        var failed = provider.Store;
        (await ReadAsync(provider, "before")).Should().NotBeNull("what was acknowledged is read meanwhile");
        provider.Store.Should().BeSameAs(failed, "that needs no opening");

        await PutAsync(provider, "after");

        provider.Store.Should().NotBeSameAs(failed);
        (await ReadAsync(provider, "after")).Should().NotBeNull();
        if (durability is FileDurability.Always) (await ReadAsync(provider, "before")).Should().NotBeNull();
        await provider.DisposeAsync();
        _disk.OpenFiles.Should().Be(0);
        await using var again = await OpenAsync(durability);
        (await ReadAsync(again, "after")).Should().NotBeNull();
    }

    [Test]
    public async Task From_AnotherCallersStoreHasFailedToo_OpensThatAnew()
    {
        await using var provider = await OpenAsync();
        var first = provider.Store;
        await FailAsync(provider, DiskCall.Flush);
        await PutAsync(provider, "between");
        var second = provider.Store;
        await FailAsync(provider, DiskCall.Flush);

        // Somebody who came to the first one before it was replaced.
        var third = await provider.Reopening.FromAsync(first, CancellationToken.None);

        third.Should().NotBeSameAs(first).And.NotBeSameAs(second).And.BeSameAs(provider.Store);
        await PutAsync(provider, "after");
        (await ReadAsync(provider, "between")).Should().NotBeNull();
        await provider.DisposeAsync();
        _disk.OpenFiles.Should().Be(0);
    }

    [Test]
    public async Task Read_OfWhatWasNotAcknowledged_OpensTheStoreAnewAndShowsWhatIsOnDisk()
    {
        await using var provider = await OpenAsync();
        await FailAsync(provider, DiskCall.Flush);

        var shown = await ReadAsync(provider, "failing");

        (shown is not null).Should().Be(await IsThereAfterCrashAsync("failing"), "it shows what is on disk, and no longer what was only in memory");
    }

    [Test]
    public async Task Write_FailsBeforeItsBytesAreOnDisk_SaysThatNothingWasWritten([Values] bool half)
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "before");
        var once = 0;
        _disk.Probe = (call, path) => call is DiskCall.Write && path.EndsWith(".bpj", StringComparison.Ordinal) && once++ == 0 ? new(new IOException("Input/output error"), half) : null;

        (await FluentActions.Awaiting(() => PutAsync(provider, "failing")).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeFalse();

        (await IsThereAfterCrashAsync("failing")).Should().BeFalse("that is proven before it is said");
        await PutAsync(provider, "failing");
        (await IsThereAfterCrashAsync("failing")).Should().BeTrue();
    }

    [Test]
    public async Task Write_FailsAndSoDoesUndoingIt_SaysThatItMayHaveBeenWritten([Values(DiskCall.Truncate, DiskCall.Flush)] DiskCall undo)
    {
        await using var provider = await OpenAsync();
        _disk.Probe = (call, path) => path.EndsWith(".bpj", StringComparison.Ordinal) && (call is DiskCall.Write || call == undo) ? new(new IOException("Input/output error")) : null;

        (await FluentActions.Awaiting(() => PutAsync(provider, "failing")).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();
    }

    [Test]
    public async Task Commit_DiskGoesOnFailing_IsTriedAtIntervalsOnly()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "before");
        var flushes = 0;
        _disk.Probe = (call, _) =>
        {
            if (call is not DiskCall.Flush) return null;
            flushes++;
            return new(new IOException("Input/output error"));
        };

        for (var i = 0; i < 20; i++) await FluentActions.Awaiting(() => PutAsync(provider, "refused")).Should().ThrowAsync<StateUnavailableException>();
        var first = flushes;
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++) await FluentActions.Awaiting(() => PutAsync(provider, "refused")).Should().ThrowAsync<StateUnavailableException>();
        var second = flushes;
        (await ReadAsync(provider, "before")).Should().NotBeNull("what was acknowledged is read all the while");
        _disk.Probe = null;
        _time.Advance(TimeSpan.FromSeconds(30));
        await PutAsync(provider, "after");

        first.Should().BeInRange(2, 4, "the commit, and one attempt to open the store anew");
        second.Should().BeInRange(first + 1, first + 2, "one more attempt");
        (await ReadAsync(provider, "before")).Should().NotBeNull();
    }

    [Test]
    public async Task Commit_DirectoryHoldsTheStoreNoMore_MakesNoOtherInItsPlace([Values] bool replaced)
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "before");
        await FailAsync(provider, DiskCall.Flush);
        foreach (var path in _disk.Paths.ToList()) _disk.Remove(path);
        if (replaced)
        {
            var other = new SimulatedDisk(new(2));
            await using (await OpenAsync(disk: other)) { }
            foreach (var path in other.Paths) _disk.Put(path, other.Inode(path).Bytes);
        }

        (await FluentActions.Awaiting(() => PutAsync(provider, "after")).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeFalse();

        if (!replaced) _disk.Paths.Should().NotContain(static p => p.EndsWith(".marker"));
        (await ReadAsync(provider, "before")).Should().NotBeNull("what was acknowledged is still read");
    }

    [Test]
    public async Task Commit_StoreCannotBeOpenedByThisProgramAnyMore_IsUnavailable()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "before");
        await FailAsync(provider, DiskCall.Flush);
        // As when a newer program had the directory in between.
        var path = _disk.Paths.Single(static p => p.EndsWith(".marker", StringComparison.Ordinal));
        var marker = _disk.Inode(path).Bytes.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(marker.AsSpan(8), 99);
        BinaryPrimitives.WriteUInt64LittleEndian(marker.AsSpan(40), XxHash3.HashToUInt64(marker.AsSpan(0, 40)));
        _disk.Put(path, marker);

        var refused = (await FluentActions.Awaiting(() => PutAsync(provider, "after")).Should().ThrowAsync<StateUnavailableException>()).Which;

        (refused.MayHaveBeenWritten, (refused.InnerException as StateOpenException)?.Fault).Should().Be((false, StateOpenFault.Version));
        (await ReadAsync(provider, "before")).Should().NotBeNull("what was acknowledged is still read");
    }

    [Test]
    public async Task Watch_StoreIsOpenedAnew_GoesOn()
    {
        await using var provider = await OpenAsync();
        await using var watch = provider.WatchAsync(Key("watched"), CancellationToken.None).GetAsyncEnumerator();
        (await watch.MoveNextAsync()).Should().BeTrue();
        await FailAsync(provider, DiskCall.Flush);

        await PutAsync(provider, "after");
        (await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue("what is there may have changed");
        await provider.CommitAsync(new(new NotifyWatchers(Key("watched"))), CancellationToken.None);
        (await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue();

        await provider.DisposeAsync();
        (await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Should().BeFalse();
    }

    [Test]
    public async Task Fail_OnlyThoseWhoWrote_MayHaveWritten()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider, "there");
        using var flushing = new ManualResetEventSlim();
        using var fail = new ManualResetEventSlim();
        _disk.Probe = (call, _) =>
        {
            if (call is not DiskCall.Flush) return null;
            flushing.Set();
            fail.Wait(TimeSpan.FromSeconds(30));
            return new(new IOException("Input/output error"));
        };
        var store = provider.Store;
        var put = CommitAsync(new PutDocument(Key("there"), new byte[8]));
        // The journal's flush is under way, so all that follow wait for it.
        flushing.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();
        Task[] others =
        [
            store.Engine.ReadOneAsync(new DocumentRead(Key("there")), CancellationToken.None).AsTask(),
            store.Engine.ReadAsync([new DocumentRead(Key("there"))], CancellationToken.None).AsTask(),
            store.Engine.ExportAsync(CancellationToken.None).ToListAsync().AsTask(),
            CommitAsync(new PutDocument(Key("there"), new byte[8], condition: StateCondition.IfAbsent)),
            CommitAsync(new DeleteKey(Key("absent"))),
            CommitAsync(new CheckKey(Key("there"), StateCondition.IfExists)),
        ];
        // Committed behind the flush that fails, so it never went to the disk.
        var later = CommitAsync(new PutDocument(Key("later"), new byte[8]));
        others.Append(later).Should().OnlyContain(static t => !t.IsCompleted);
        fail.Set();

        (await MayHaveWrittenAsync(put)).Should().BeTrue();
        foreach (var task in others) (await MayHaveWrittenAsync(task)).Should().BeFalse();
        (await MayHaveWrittenAsync(later)).Should().BeFalse("it was not handed to the disk");
        (await MayHaveWrittenAsync(store.Engine.ReadOneAsync(new DocumentRead(Key("there")), CancellationToken.None).AsTask())).Should().BeFalse("also for those who come afterwards");
        (await MayHaveWrittenAsync(CommitAsync(new PutDocument(Key("there"), new byte[8])))).Should().BeFalse("it is refused");

        async Task CommitAsync(StateOperation operation) => await store.Engine.CommitAsync(new(operation), CancellationToken.None);
    }

    private static async Task<bool> MayHaveWrittenAsync(Task task) =>
        (await FluentActions.Awaiting(() => task.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten;

    /// <summary>Lets the journal fail once.</summary>
    private async Task FailAsync(FileStateProvider provider, DiskCall failing, FileDurability durability = FileDurability.Always)
    {
        _disk.Probe = (call, _) => call == failing ? new(new IOException("Input/output error")) : null;
        if (durability is FileDurability.Always) (await FluentActions.Awaiting(() => PutAsync(provider, "failing")).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();
        else FluentActions.Invoking(provider.Store.Journal.Flush).Should().Throw<StateUnavailableException>();
        _disk.Probe = null;
    }

    private async Task<bool> IsThereAfterCrashAsync(string id)
    {
        await using var crashed = await OpenAsync(disk: _disk.AfterCrash(CrashChoice.Nothing, new(1)));
        return await ReadAsync(crashed, id) is not null;
    }

    private async Task<FileStateProvider> OpenAsync(FileDurability durability = FileDurability.Always, SimulatedDisk? disk = null)
    {
        var provider = new FileStateProvider(new() { Directory = SimulatedStore.Directory, Durability = durability, OwnerTimeout = TimeSpan.Zero }, _time, null, disk ?? _disk);
        await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        return provider;
    }

    private static StateKey Key(string id) => new(0, StateShape.Document, "test", id);

    private static async Task<DocumentContent?> ReadAsync(FileStateProvider provider, string id) => (DocumentContent?)await provider.ReadOneAsync(new DocumentRead(Key(id)), CancellationToken.None);

    private static Task PutAsync(FileStateProvider provider, string id) => provider.CommitAsync(new(new PutDocument(Key(id), new byte[300])), CancellationToken.None).AsTask();
}
