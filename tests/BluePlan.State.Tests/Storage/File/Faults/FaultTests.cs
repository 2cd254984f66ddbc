using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// Every call on the disk fails once, and from then on for good, at its first, second, third … time, until a run of the store needs no more of them. What was acknowledged is never lost, neither when the
/// process ends then nor when the power is cut; after a failed write or flush of the journal nothing is written any more.
/// </summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class FaultTests
{
    private const int InputOutput = 5, NoSpace = 28;

    private static readonly (string Name, Func<DiskFault> Fault, DiskCall[] Calls)[] Faults =
    [
        ("EIO", () => new(new IOException("Input/output error", InputOutput)), [DiskCall.CreateDirectory, DiskCall.List, DiskCall.Create, DiskCall.Open, DiskCall.OpenRead, DiskCall.Read, DiskCall.Write, DiskCall.Flush, DiskCall.Truncate, DiskCall.Preallocate, DiskCall.Rename, DiskCall.Delete, DiskCall.FlushDirectory, DiskCall.Lock, DiskCall.Prove]),
        ("ENOSPC", () => new(new IOException("No space left on device", NoSpace)), [DiskCall.CreateDirectory, DiskCall.Create, DiskCall.Write, DiskCall.Preallocate, DiskCall.Flush, DiskCall.Rename]),
        ("EACCES", () => new(new UnauthorizedAccessException("Permission denied")), [DiskCall.CreateDirectory, DiskCall.List, DiskCall.Create, DiskCall.Open, DiskCall.OpenRead, DiskCall.Rename, DiskCall.Delete, DiskCall.FlushDirectory, DiskCall.Lock]),
        ("short write", () => new(new IOException("No space left on device", NoSpace), Half: true), [DiskCall.Write]),
    ];

    public static IEnumerable<object[]> Cases => from fault in Faults from call in fault.Calls select new object[] { call, fault.Name };

    [TestCaseSource(nameof(Cases))]
    public async Task Fault_AtEveryNthCall_LosesNothingAcknowledged(DiskCall call, string error)
    {
        var seed = TestSeeds.Next(1);
        var fault = Faults.Single(f => f.Name == error).Fault;
        var count = 0;
        for (var n = 1; ; n++)
        {
            var reached = (await RunAsync(call, n, fault(), forGood: false, seed) ? 1 : 0) + (await RunAsync(call, n, fault(), forGood: true, seed) ? 1 : 0);
            if (reached == 0) break;
            count += reached;
        }
        await TestContext.Out.WriteLineAsync($"{count} faults");
        count.Should().BeGreaterThan(0);
    }

    [Test]
    public async Task Open_NameOfTheSnapshotWasNotFlushed_DeletesNoJournalBeforeItIs()
    {
        var (time, disk) = (new FakeTimeProvider(SimulatedStore.Start), new SimulatedDisk(new(1)));
        var key = new StateKey(0, StateShape.Document, "fault", "a");
        await using (var provider = SimulatedStore.Make(disk, time))
        {
            await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
            await provider.CommitAsync(new(new PutDocument(key, new byte[8])), CancellationToken.None);
            var renamed = false;
            disk.Probe = (call, path) =>
            {
                renamed |= call is DiskCall.Rename && path.EndsWith(StoreNames.Snapshot(2), StringComparison.Ordinal);
                return call is DiskCall.FlushDirectory && renamed ? new(new IOException("Input/output error")) : null;
            };
            await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>();
            disk.Probe = null;
        }
        await using var again = SimulatedStore.Make(disk, time);
        await again.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        disk.Paths.Should().NotContain(static path => path.EndsWith(StoreNames.Segment(1), StringComparison.Ordinal));

        for (var seed = 0; seed < 32; seed++)
        {
            await using var crashed = SimulatedStore.Make(disk.AfterCrash(CrashChoice.Of(new(seed)), new(seed)), time);
            await crashed.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
            (await crashed.ReadOneAsync(new DocumentRead(key), CancellationToken.None)).Should().NotBeNull();
        }
    }

    /// <summary>False when the run did not come to the n-th call.</summary>
    private static async Task<bool> RunAsync(DiskCall call, int n, DiskFault fault, bool forGood, int seed)
    {
        var what = $"{fault.Error.Message}{(fault.Half ? " after half of it" : "")} at {call} {n}{(forGood ? " and after" : "")}";
        var random = new Random(seed);
        var time = new FakeTimeProvider(SimulatedStore.Start);
        await using var history = await CommitHistory.BeginAsync(time);
        var disk = new SimulatedDisk(new(seed));
        var (calls, broken) = (0, false);
        disk.Probe = (other, _) =>
        {
            if (other != call || ++calls < n || (calls > n && !forGood)) return null;
            broken = true;
            return fault;
        };
        // A store that is there already is opened too, closed in order or not.
        for (var opening = 0; opening < 2; opening++)
        {
            await using var store = new SimulatedStore(disk, time, random, history);
            try
            {
                await store.OpenAsync();
                for (var i = 0; i < 8; i++) await store.StepAsync();
            }
            catch (StateUnavailableException exception)
            {
                exception.InnerException.Should().BeSameAs(fault.Error, $"{what} is the cause");
                await AssertRefusedAsync(store, disk, what);
                if (!forGood) await AssertOpensAnewAsync(store, time, history, what);
                break;
            }
            (broken || store.FailedCheckpoints == 0).Should().BeTrue();
        }
        disk.Probe = null;
        disk.OpenFiles.Should().Be(0, $"after {what} all are closed");
        if (!broken) return false;
        await AssertKeptAsync(disk.AfterCrash(CrashChoice.Nothing, random), time, history, $"{what}, then a crash");
        await AssertKeptAsync(disk.AfterCrash(CrashChoice.Of(random), random), time, history, $"{what}, then a crash");
        await AssertKeptAsync(disk, time, history, what);
        return true;
    }

    private static async Task AssertRefusedAsync(SimulatedStore store, SimulatedDisk disk, string what)
    {
        if (!IsOpen(store) || store.Provider.Store.Journal.IsWritable) return;
        // The provider would open the store anew.
        var failed = store.Provider.Store.Engine;
        var probe = disk.Probe;
        var touched = false;
        disk.Probe = (call, path) =>
        {
            touched |= SimulatedDisk.Changes(call);
            return probe!(call, path);
        };
        var commit = new StateCommit([new PutDocument(new(3, StateShape.Document, "refused", "a"), new byte[1])]);
        var refused = await FluentActions.Awaiting(() => failed.CommitAsync(commit, CancellationToken.None).AsTask()).Should().ThrowAsync<StateUnavailableException>(what);
        refused.Which.MayHaveBeenWritten.Should().BeFalse(what);
        refused.Which.Message.Should().Contain(ShownPath.Of(SimulatedStore.Directory)).And.Contain("refuses to write");
        (await failed.ReadOneAsync(new DocumentRead(new(3, StateShape.Document, "refused", "a")), CancellationToken.None)).Should().BeNull(what);
        touched.Should().BeFalse($"after {what} the disk is left alone");
        disk.Probe = probe;
    }

    /// <summary>The fault has passed: the same provider goes on with what is on the disk.</summary>
    private static async Task AssertOpensAnewAsync(SimulatedStore store, FakeTimeProvider time, CommitHistory history, string what)
    {
        if (!IsOpen(store)) return;
        await store.Provider.MaintainAsync(CancellationToken.None);
        store.Provider.Store.Journal.IsWritable.Should().BeTrue(what);
        if (history.Find(await ExactContents.OfAsync(store.Provider), history.Acknowledged, history.Issued, time.GetUtcNow(), out var difference) is null) Assert.Fail($"{what}, then opened anew: {difference}");
    }

    private static bool IsOpen(SimulatedStore store)
    {
        try
        {
            return store.Provider.Store is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task AssertKeptAsync(SimulatedDisk disk, FakeTimeProvider time, CommitHistory history, string what)
    {
        await using var provider = SimulatedStore.Make(disk, time);
        await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        if (history.Find(await ExactContents.OfAsync(provider), history.Acknowledged, history.Issued, time.GetUtcNow(), out var difference) is null) Assert.Fail($"{what}: {difference}");
    }
}
