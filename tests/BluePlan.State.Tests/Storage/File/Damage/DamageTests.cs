using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Files that were cut, rotted, swapped, doubled or lost: a store shows the state after one of its commits, or says which file is wrong, and where; it never shows anything else.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class DamageTests
{
    private const int RepairEvery = 97;

    [Test]
    public async Task Open_EveryPrefixOfEveryFile_ShowsAPrefixOrRefuses([Values] bool closed)
    {
        await using var store = await DamagedStore.MakeAsync(TestSeeds.Next(1), closed);
        var (count, opened) = (0, 0);
        foreach (var path in store.Paths)
        {
            var bytes = store.Bytes(path);
            for (var length = 0; length < bytes.Length; length++, count++)
            {
                var what = $"{Path.GetFileName(path)} cut to {length} of {bytes.Length} bytes";
                // Cut between two frames, a journal looks as if the rest had never been.
                if (await store.AssertTrueOrRefusedAsync(store.With(path, bytes.AsSpan(0, length)), what, mayBeSilent: true)) opened++;
                else if (count % RepairEvery == 0) await store.AssertRepairableAsync(store.With(path, bytes.AsSpan(0, length)), what);
            }
        }
        await TestContext.Out.WriteLineAsync($"{count} prefixes, {opened} of which open");
        opened.Should().BeInRange(1, count - 1);
    }

    [Test]
    public async Task Open_EveryBitFlipped_ShowsAPrefixOrRefuses([Values] bool closed, [Range(0, 3)] int part)
    {
        await using var store = await DamagedStore.MakeAsync(TestSeeds.Next(2), closed);
        var (count, opened) = (0, 0);
        foreach (var path in store.Paths)
        {
            var bytes = store.Bytes(path);
            for (var bit = part; bit < bytes.Length * 8; bit += 4, count++)
            {
                var what = $"bit {bit % 8} of byte {bit / 8} of {Path.GetFileName(path)} flipped";
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                if (await store.AssertTrueOrRefusedAsync(store.With(path, bytes), what)) opened++;
                else if (count % RepairEvery == 0) await store.AssertRepairableAsync(store.With(path, bytes), what);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
        await TestContext.Out.WriteLineAsync($"{count} bits, with {opened} of which it opens");
        // A store that was closed in order knows what was safe: only the mark that says so, and the zeros behind it, can be missed.
        opened.Should().BeLessThan(count / 2);
    }

    [Test]
    public async Task Open_FilesSwappedDoubledOrMissing_ShowsAPrefixOrRefuses([Values] bool closed, [Values] bool withSnapshot)
    {
        await using var store = await DamagedStore.MakeAsync(TestSeeds.Next(3), closed, withSnapshot);
        await using var stranger = await DamagedStore.MakeAsync(TestSeeds.Next(4), closed, withSnapshot);
        var refused = 0;
        async Task CheckAsync(Func<SimulatedDisk> damaged, string what)
        {
            if (await store.AssertTrueOrRefusedAsync(damaged(), what, mayBeSilent: true)) return;
            refused++;
            if (!what.Contains("a stranger's store.marker", StringComparison.Ordinal)) await store.AssertRepairableAsync(damaged(), what);
        }

        foreach (var path in store.Paths)
        {
            var name = Path.GetFileName(path);
            await CheckAsync(() => store.Without(path), $"{name} missing");
            if (stranger.Paths.Contains(path)) await CheckAsync(() => store.With(path, stranger.Bytes(path)), $"a stranger's {name}");
            foreach (var other in store.Paths.Where(p => p != path))
            {
                await CheckAsync(() => store.With(path, store.Bytes(other)), $"{name} overwritten by {Path.GetFileName(other)}");
                await CheckAsync(() =>
                {
                    var swapped = store.With(path, store.Bytes(other));
                    swapped.Put(other, store.Bytes(path));
                    return swapped;
                }, $"{name} and {Path.GetFileName(other)} swapped");
            }
        }
        foreach (var path in store.Paths.Where(static p => p.EndsWith(".bpj", StringComparison.Ordinal)))
            await CheckAsync(() => store.With(Path.Combine(SimulatedStore.Directory, "journal-00000000000000ff.bpj"), store.Bytes(path)), $"{Path.GetFileName(path)} again under a later number");
        refused.Should().BeGreaterThan(5);
    }
    [Test]
    public async Task Open_LastSegmentIsAnotherFile_RefusesAndLeavesThatFile([Values] bool closed)
    {
        await using var store = await DamagedStore.MakeAsync(TestSeeds.Next(5), closed);
        var last = store.Paths.Where(static p => p.EndsWith(".bpj", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        var foreign = "This belongs to somebody else."u8.ToArray();
        var disk = store.With(last, foreign);

        (await store.AssertTrueOrRefusedAsync(disk, "the last segment is another file")).Should().BeFalse();

        disk.Inode(last).Bytes.Should().Equal(foreign);
        await store.AssertRepairableAsync(disk, "the last segment is another file");
    }
}
