using System.Security.Cryptography;
using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Backups of several chunks: what lies across their borders, and what happens when only one of them is damaged.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupChunksTests
{
    private readonly MemoryBackupTarget _objects = new();
    private readonly InterceptingBackupTarget _target;
    private readonly BackupTestStore _store;

    public BackupChunksTests()
    {
        _target = new(_objects);
        _store = new(target: _target);
    }

    private string[] Chunks => [.. _objects.Objects.Keys.Where(name => name.StartsWith("chunks/", StringComparison.Ordinal))];

    [SetUp]
    public async Task SetUpAsync()
    {
        await _store.SeedAsync();
        for (var i = 0; i < 32; i++) await PutAsync(i % BackupTestStore.PartitionCount, $"/big {i}", 400_000);
        for (var i = 0; i < 8; i++)
            await _store.CommitAsync(new AppendEntries(new(5, StateShape.Log, StateTypes.Messages.Name, "/long"), [.. Enumerable.Range(0, 20).Select(e => new LogAppend(RandomNumberGenerator.GetBytes(50_000), $"{i} {e}"))]));
        for (var i = 0; i < 2; i++)
            await _store.CommitAsync(new SetScores(new(6, StateShape.Index, StateTypes.DataKeys.Name, "/many"), [.. Enumerable.Range(0, 2_500).Select(m => new IndexMember($"{i} {m} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(400))}", m))]));
    }

    [TearDown]
    public ValueTask TearDownAsync() => _store.DisposeAsync();

    [Test]
    public async Task RestoreAsync_AnyWay_BringsEverythingAcrossChunks([Values] RestoreMode mode, [Values(StateParts.All, StateParts.Store | StateParts.History)] StateParts parts)
    {
        var before = await _store.ContentsAsync();
        var backup = await _store.Backups.CreateAsync();
        Chunks.Should().HaveCountGreaterThan(2);
        await using var into = new InMemoryStateProvider(_store.Time);

        var report = await _store.Backups.RestoreAsync(backup.Id, new() { Into = into, Mode = mode, Parts = parts });

        var expected = before.Where(key => parts == StateParts.All || parts.HasFlag(StateTypes.Find(key.Key.Split('/')[2], Enum.Parse<StateShape>(key.Key.Split('/')[1]))!.Part)).ToArray();
        (await StoreContents.OfAsync(into)).Should().Equal(expected);
        report.KeysWritten.Should().Be(expected.Length);
        (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).Faults.Should().BeEmpty();
    }

    [Test]
    public async Task RestoreAsync_OneUser_ReadsTheChunksOfOnePartitionOnly()
    {
        var backup = await _store.Backups.CreateAsync();
        var before = await _store.ContentsAsync();
        await _store.CommitAsync(new PutDocument(_store.Scope("acme").Key(_store.Scope("acme").UserPartition("ann"), StateTypes.Session, BackupTestStore.Member("ann", "first")), "changed"u8.ToArray(), StateExpiry.Never));
        var read = new HashSet<string>();
        _target.Before = (_, what, name) =>
        {
            if (what == "open" && name.StartsWith("chunks/", StringComparison.Ordinal)) read.Add(name);
            return Task.CompletedTask;
        };

        await _store.For("acme").RestoreAsync(backup.Id, new() { UserId = "ann", Parts = StateParts.Sessions });

        read.Count.Should().BePositive().And.BeLessThan(Chunks.Length);
        (await _store.ContentsAsync()).Should().Equal(before);
    }

    [Test]
    public async Task RestoreAsync_LastChunkDamaged_WritesNotEvenTheFirst([Values] RestoreMode mode)
    {
        var backup = await _store.Backups.CreateAsync();
        var last = (await new BackupCatalog(_objects, "").FindAsync(backup.Id, default)).Manifest.Chunks[^1];
        _objects.Objects[$"chunks/{backup.Id}/{last.Hash}"][^1] ^= 1;
        await _store.SeedAsync("second");
        var before = await _store.ContentsAsync();

        await _store.Backups.Invoking(b => b.RestoreAsync(backup.Id, new() { Mode = mode, Parts = StateParts.All & ~StateParts.Config })).Should().ThrowAsync<StateCorruptionException>();

        (await _store.ContentsAsync()).Should().Equal(before);
        (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.Content)).Faults.Should().ContainSingle().Which.Object.Should().EndWith(last.Hash);
    }

    /// <summary>A damaged chunk does not keep a user from coming back whose things lie in others.</summary>
    [Test]
    public async Task RestoreAsync_OneUser_WorksWhenAnotherPartitionsChunkIsDamaged()
    {
        var backup = await _store.Backups.CreateAsync();
        var partition = _store.Scope("").UserPartition("ann");
        var other = (await new BackupCatalog(_objects, "").FindAsync(backup.Id, default)).Manifest.Chunks.First(c => c.LastPartition < partition || c.FirstPartition > partition);
        _objects.Objects[$"chunks/{backup.Id}/{other.Hash}"] = [];

        var report = await _store.Backups.RestoreAsync(backup.Id, new() { UserId = "ann" });

        report.KeysWritten.Should().BePositive();
    }

    [Test]
    public async Task VerifyAsync_RestoreDrill_FindsWhatASoundContentDoesNotShow()
    {
        // No store shows a key that expired long ago, so a backup that holds one is sound to read and yet not what comes back.
        var exported = new ExpiredExport(_store.Time);
        await using var store = new BackupTestStore(exported, _objects, _store.Time);
        await store.SeedUserAsync("", "ann", "first");
        var backup = await store.Backups.CreateAsync();

        (await store.Backups.VerifyAsync(backup.Id, BackupDepth.Content)).IsSound.Should().BeTrue();
        var check = await store.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill);

        check.Faults.Select(f => f.Message).Should().BeEquivalentTo("Restored into memory it is not what the manifest says: the numbers of keys differ.", "Restored into memory it is not what the manifest says: the content differs in partition 7.");
    }

    private ValueTask<CommitResult> PutAsync(int partition, string id, int length) =>
        _store.CommitAsync(new PutDocument(new(partition, StateShape.Document, StateTypes.Data.Name, id), RandomNumberGenerator.GetBytes(length), StateExpiry.Never));

    private sealed class ExpiredExport(TimeProvider time) : DelegatingStateProvider(new InMemoryStateProvider(time))
    {
        public override async IAsyncEnumerable<StateRecord> ExportAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var record in base.ExportAsync(cancellationToken)) yield return record;
            yield return new(new(7, StateShape.Document, "data", "/long gone"), new DocumentContent(default, StateETag.New()) { Expiry = StateExpiry.At(DateTimeOffset.UnixEpoch) });
        }
    }
}
