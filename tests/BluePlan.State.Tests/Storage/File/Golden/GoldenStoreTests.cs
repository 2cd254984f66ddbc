using System.Runtime.CompilerServices;
using System.Text;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// Stores of every released version open for ever: the files beside this one were written by that version and never change. One was closed in order, one has the journal of a killed process with half a commit
/// at its end; both have a snapshot, several segments, and every kind of change.
/// </summary>
public sealed class GoldenStoreTests
{
    /// <summary>What <see cref="Write"/> makes. Version 2 is the first in which logs have a revision.</summary>
    private const string Current = "version-2";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StateETag Tag = StateETag.Parse("00112233445566778899aabbccddeeff");
    private static readonly string Root = Path.Combine(TestContext.CurrentContext.TestDirectory, "Storage", "File", "Golden");

    [Test]
    public async Task Version_Opened_IsWhatItWas([Values("version-1", "version-2")] string version, [Values("closed", "killed")] string name)
    {
        var root = Path.Combine(Root, version);
        var disk = new SimulatedDisk(new(1));
        foreach (var file in Directory.GetFiles(Path.Combine(root, name))) disk.Put(Path.Combine(SimulatedStore.Directory, Path.GetFileName(file)), await File.ReadAllBytesAsync(file));
        var report = StoreRepair.Verify(disk, SimulatedStore.Directory, new FakeTimeProvider(Now));
        (report.IsWhole, report.UnfinishedBytes > 0).Should().Be((true, name == "killed"));
        var expected = await File.ReadAllTextAsync(Path.Combine(root, $"{name}.txt"));
        for (var opening = 0; opening < 2; opening++)
        {
            await using var provider = SimulatedStore.Make(disk, new FakeTimeProvider(Now));
            await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
            (await RenderAsync(provider)).Should().Be(expected).And.NotBeEmpty();
            await provider.Store.CheckpointAsync(CancellationToken.None);
        }
    }

    [Test]
    public async Task Version1_Logs_HaveNoRevisionUntilTheyAreEdited()
    {
        var disk = new SimulatedDisk(new(1));
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "version-1", "closed"))) disk.Put(Path.Combine(SimulatedStore.Directory, Path.GetFileName(file)), await File.ReadAllBytesAsync(file));
        var key = new StateKey(0, StateShape.Log, "golden", "last");
        await using (var provider = SimulatedStore.Make(disk, new FakeTimeProvider(Now)))
        {
            await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
            await CommitAsync(provider, new AppendEntries(key, [default]));
            (await provider.ReadAsync(new LogRead(key)))!.Revision.IsEmpty.Should().BeTrue();
            await CommitAsync(provider, new RemoveEntries(key, [new(70, 70)]));
        }

        await using var reopened = SimulatedStore.Make(disk, new FakeTimeProvider(Now));
        await reopened.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        var log = (await reopened.ReadAsync(new LogRead(key)))!;
        (log.Revision, log.LastSequence, log.Entries[^1].Sequence).Should().Be((Tag, 71, 71));
    }

    [Test]
    public void Journals_OfAVersion_HoldEveryKindOfChange([Values("version-1", "version-2")] string version)
    {
        var revised = new SortedSet<string>();
        var kinds = new SortedSet<string>();
        foreach (var file in Directory.GetFiles(Path.Combine(Root, version), "*.bpj", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            if (JournalFormat.ReadHeader(bytes, file) is not { } header) continue;
            for (var at = JournalFormat.HeaderBytes; JournalFormat.TryReadFrame(bytes.AsSpan(at), header.Store, out var frame); at += frame.Bytes)
                foreach (var change in StateChangeCodec.Read(bytes.AsSpan(at + JournalFormat.FrameHeaderBytes, frame.BodyBytes), frame.Partition))
                {
                    kinds.Add(change.GetType().Name);
                    if (change is AppendChange { Revision.IsEmpty: false } or ReplaceEntryChange { Revision.IsEmpty: false } or RemoveEntriesChange { Revision.IsEmpty: false }) revised.Add(change.GetType().Name);
                }
        }
        kinds.Should().BeEquivalentTo(typeof(StateChange).Assembly.GetTypes().Where(static t => t.BaseType == typeof(StateChange)).Select(static t => t.Name));
        string[] expected = version == Current ? [nameof(AppendChange), nameof(RemoveEntriesChange), nameof(ReplaceEntryChange)] : [];
        revised.Should().Equal(expected);
    }

    /// <summary>Writes the files of this version into the source tree. Once a version is released its files stay as they are.</summary>
    [Test, Explicit("Makes golden files; those of a released version never change.")]
    public async Task Write()
    {
        var root = Path.Combine(Path.GetDirectoryName(SourceFile())!, Current);
        foreach (var name in new[] { "closed", "killed" })
        {
            var disk = new SimulatedDisk(new(1));
            var time = new FakeTimeProvider(Now);
            SimulatedDisk? killed = null;
            await using (var provider = new FileStateProvider(new() { Directory = SimulatedStore.Directory }, time, null, disk))
            {
                await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
                await FillAsync(provider, "before");
                await provider.Store.CheckpointAsync(CancellationToken.None);
                await FillAsync(provider, "after");
                provider.Store.Rotate();
                await FillAsync(provider, "last");
                Directory.CreateDirectory(root);
                await File.WriteAllTextAsync(Path.Combine(root, $"{name}.txt"), await RenderAsync(provider));
                killed = disk.Copy(new(1));
            }
            Directory.CreateDirectory(Path.Combine(root, name));
            foreach (var path in disk.Paths.Where(static p => !p.EndsWith(".lock", StringComparison.Ordinal) && !p.EndsWith(".owner", StringComparison.Ordinal)))
                await File.WriteAllBytesAsync(Path.Combine(root, name, Path.GetFileName(path)), name == "closed" ? Short(disk.Inode(path).Bytes, torn: false) : Short(killed.Inode(path).Bytes, torn: path == killed.Paths.Last(static p => p.EndsWith(".bpj", StringComparison.Ordinal))));
        }
    }

    /// <summary>With fewer zeros at its end, and perhaps half a frame behind the last one.</summary>
    private static byte[] Short(byte[] bytes, bool torn)
    {
        var used = bytes.AsSpan().TrimEnd((byte)0).Length;
        var kept = bytes[..Math.Min(bytes.Length, (used + 7) / 8 * 8 + 256)];
        if (torn) "FRM\u0001half of a commit that nobody was told of"u8.CopyTo(kept.AsSpan((used + 7) / 8 * 8));
        return kept;
    }

    private static async Task FillAsync(FileStateProvider provider, string id)
    {
        StateKey Key(int partition, StateShape shape) => new(partition, shape, "golden", id);
        await CommitAsync(provider, new PutDocument(Key(0, StateShape.Document), "text"u8.ToArray()), new SetFields(Key(0, StateShape.Map), [new("bytes", new("value"u8.ToArray())), new("counters", new(new long[] { 1, -2, StateLimits.MaximumNumber })), new("gone", new(new long[] { 1 }))]));
        await CommitAsync(provider, new AppendEntries(Key(0, StateShape.Log), [new("one"u8.ToArray()), new("two"u8.ToArray(), "an id / 名"), new("three"u8.ToArray()), new("four"u8.ToArray(), Sequence: 70)], keepLast: 3), new SetScores(Key(0, StateShape.Index), [new("a", -5), new("名", StateLimits.MaximumNumber), new("gone", 1)]));
        await CommitAsync(provider, new RemoveFields(Key(0, StateShape.Map), ["gone"]), new ReplaceEntry(Key(0, StateShape.Log), 70, "other"u8.ToArray()), new RemoveMembers(Key(0, StateShape.Index), ["gone"]), new ExpireKey(Key(0, StateShape.Document), StateExpiry.At(Now.AddYears(900))));
        await CommitAsync(provider, new RemoveEntries(Key(0, StateShape.Log), [new(2, 2)]));
        await CommitAsync(provider, new PutDocument(Key(1, StateShape.Document), new byte[3000], StateExpiry.Sliding(TimeSpan.FromDays(9999), TimeSpan.FromDays(36_500))), new SetFields(Key(1, StateShape.Map), [new("n", new(new long[] { 7 }))]));
        await CommitAsync(provider, new DeleteKey(Key(1, StateShape.Map)));
        await provider.ImportAsync(StateRecordSamples.All().Where(static r => r.Key.Type == "sample" && r.Content is not DocumentContent { Value.Length: > 1000 }).Select(r => r with { Key = new(2, r.Key.Shape, "imported", $"{id} {r.Key.Id}") }).ToAsyncEnumerable(), StateImportMode.Merge, CancellationToken.None);
    }

    private static Task CommitAsync(FileStateProvider provider, params StateOperation[] operations) => provider.CommitAsync(new StateCommit(operations, Tag), CancellationToken.None).AsTask();

    // The pictures call the absolute timeout by the name that it had when they were made.
    private static string Picture(StateRecord record) => StateRecordSamples.Picture(record).ReplaceLineEndings("\\n")
        .Replace("\0", "\\0", StringComparison.Ordinal).Replace("AbsoluteTimeout = ", "AtMost = ", StringComparison.Ordinal);

    private static async Task<string> RenderAsync(IStateProvider provider)
    {
        var lines = new List<string>();
        await foreach (var record in provider.ExportAsync(CancellationToken.None)) lines.Add(Picture(record));
        lines.Sort(StringComparer.Ordinal);
        return new StringBuilder().AppendJoin('\n', lines.Select(static l => l.Length <= 400 ? l : $"{l[..400]} … {l.Length} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(l)))}")).Append('\n').ToString();
    }

    private static string SourceFile([CallerFilePath] string path = "") => path;
}
