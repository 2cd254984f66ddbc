using System.Text.RegularExpressions;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A small store with a snapshot and several segments, of which each commit is known, to be damaged in every way.</summary>
internal sealed class DamagedStore : IAsyncDisposable
{
    // Zeros behind the last frame are all alike; a few of them stand for all.
    private const int KeptZeros = 24;
    private static readonly Regex NamesFile = new("(journal|snapshot)-[0-9a-f]{16}|store.marker", RegexOptions.Compiled);
    private static readonly Regex NamesPlace = new("at byte [0-9]+|is missing|under another name|not the one|lost its marker|belongs to another", RegexOptions.Compiled);

    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly CommitHistory _history;
    private readonly SimulatedDisk _disk;

    private DamagedStore(CommitHistory history, SimulatedDisk disk, FakeTimeProvider time) => (_history, _disk, _time) = (history, disk, time);

    public IReadOnlyList<string> Paths { get; private set; } = [];

    /// <summary>Makes a store and closes it, or has its process killed.</summary>
    public static async Task<DamagedStore> MakeAsync(int seed, bool closed, bool withSnapshot = true)
    {
        var (random, time) = (new Random(seed), new FakeTimeProvider(SimulatedStore.Start));
        var history = await CommitHistory.BeginAsync(time);
        var disk = new SimulatedDisk(random);
        SimulatedDisk? killed = null;
        await using (var store = new SimulatedStore(disk, time, random, history))
        {
            await store.OpenAsync();
            for (var i = 0; i < 3; i++) await store.CommitAsync(1);
            if (withSnapshot) await store.Provider.Store.CheckpointAsync(CancellationToken.None);
            for (var i = 0; i < 4; i++) await store.CommitAsync(1);
            await RotateAsync(store);
            for (var i = 0; i < 4; i++) await store.CommitAsync(1);
            if (!closed) killed = disk.Copy(random);
        }
        var made = new DamagedStore(history, killed ?? disk, time);
        made.Paths = [.. made._disk.Paths.Where(static p => Path.GetFileName(p) is not ("store.lock" or "store.owner"))];
        foreach (var path in made.Paths.Where(static p => p.EndsWith(".bpj", StringComparison.Ordinal))) made._disk.Put(path, Trimmed(made.Bytes(path)));
        (await made.AssertTrueOrRefusedAsync(made._disk.Copy(new(0)), "Nothing changed")).Should().BeTrue();
        return made;
    }

    public byte[] Bytes(string path) => _disk.Inode(path).Bytes;

    /// <summary>The store with a file changed.</summary>
    public SimulatedDisk With(string path, ReadOnlySpan<byte> bytes)
    {
        var copy = _disk.Copy(new(0));
        copy.Put(path, bytes);
        return copy;
    }

    public SimulatedDisk Without(string path)
    {
        var copy = _disk.Copy(new(0));
        copy.Remove(path);
        return copy;
    }

    /// <summary>
    /// Opens a damaged store: it shows the state after one of its commits, or an error names a file and a place in it. Where it shows less than was acknowledged, it has said what it dropped, unless nothing is left that
    /// it could be told by. Answers whether it opened.
    /// </summary>
    public async Task<bool> AssertTrueOrRefusedAsync(SimulatedDisk disk, string what, bool mayBeSilent = false)
    {
        var logger = new ListLogger();
        await using var provider = SimulatedStore.Make(disk, _time, logger: logger);
        try
        {
            await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        }
        catch (StateCorruptionException exception)
        {
            if (!NamesFile.IsMatch(exception.Message) || !NamesPlace.IsMatch(exception.Message)) Assert.Fail($"{what}: {exception.Message}");
            exception.ToString().Should().NotContain("@example.com");
            return false;
        }
        var contents = await ExactContents.OfAsync(provider);
        var step = _history.Find(contents, 0, _history.Issued, _time.GetUtcNow(), out var difference);
        if (step is null) Assert.Fail($"{what}: {difference}");
        if (!mayBeSilent && _history.Find(contents, _history.Issued, _history.Issued, _time.GetUtcNow(), out _) is null)
            logger.Entries.Any(static e => e.Message.Contains("they are dropped", StringComparison.Ordinal)).Should().BeTrue($"{what} shows step {step} of {_history.Issued}");
        return true;
    }

    /// <summary>Verifies and repairs a store: both name what is wrong, and afterwards it opens; with damage in the journal alone it shows the state after one of its commits.</summary>
    public async Task AssertRepairableAsync(SimulatedDisk disk, string what)
    {
        var before = disk.Paths.Select(p => Convert.ToHexString(disk.Inode(p).Bytes)).ToList();
        var verified = StoreRepair.Verify(disk, SimulatedStore.Directory, _time);
        verified.IsWhole.Should().BeFalse(what);
        verified.Damage.All(static d => d.File.Length > 0 && d.Offset >= 0 && d.What.Length > 0).Should().BeTrue(what);
        disk.Paths.Select(p => Convert.ToHexString(disk.Inode(p).Bytes)).Should().Equal(before, $"verifying changes nothing after {what}");

        var repaired = StoreRepair.Repair(disk, SimulatedStore.Directory, _time);
        repaired.Damage.Should().Equal(verified.Damage, what);
        repaired.FormerFiles.Should().NotBeNull();
        StoreRepair.Verify(disk, SimulatedStore.Directory, _time).IsWhole.Should().BeTrue($"{what} was repaired");
        await using var provider = SimulatedStore.Make(disk, _time);
        await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        var contents = await ExactContents.OfAsync(provider);
        if (!_history.HoldsKeysOf(contents, out var invented)) Assert.Fail($"{what}, repaired: {invented} never was");
        if (repaired.Damage.Any(static d => d.File.StartsWith("snapshot-", StringComparison.Ordinal) || d.What.Contains("first segment", StringComparison.Ordinal))) return;
        if (_history.Find(contents, 0, _history.Issued, _time.GetUtcNow(), out var difference) is null) Assert.Fail($"{what}, repaired: {difference}");
    }

    public ValueTask DisposeAsync() => _history.DisposeAsync();

    private static Task RotateAsync(SimulatedStore store)
    {
        store.Provider.Store.Rotate();
        return store.CommitAsync(1);
    }

    private static byte[] Trimmed(byte[] bytes)
    {
        var used = bytes.AsSpan().TrimEnd((byte)0).Length;
        return bytes[..Math.Min(bytes.Length, used + KeptZeros)];
    }
}
