using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A backup that somebody made up holds what no manager writes: it is refused before anything is written. A backup of a store that has such things leaves them out.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupStrayTests
{
    private static readonly IndexMember[] Strays = [new("acme/ann//no-session", 1), new("acme", 2)];

    private readonly BackupTestStore _store = new();

    [TearDown]
    public async Task TearDownAsync() => await _store.DisposeAsync();

    [TestCase("session-expiry", RestoreMode.Replace)]
    [TestCase("session-expiry", RestoreMode.Merge)]
    [TestCase("conversation-expiry", RestoreMode.Replace)]
    [TestCase("data-expiry", RestoreMode.Replace)]
    [TestCase("usage-pending", RestoreMode.Merge)]
    [TestCase("usage-tenants", RestoreMode.Replace)]
    [TestCase("usage-cleaned", RestoreMode.Replace)]
    public async Task RestoreAsync_MemberThatNamesNothing_IsRefusedBeforeAnythingIsWritten(string type, RestoreMode mode)
    {
        await _store.SeedAsync();
        var backup = await ForgeAsync(type);
        await _store.SeedUserAsync("acme", "ann", "second");
        var before = await _store.ContentsAsync();

        foreach (var tenant in new[] { "acme", "" })
        {
            var refused = (await _store.For(tenant).Invoking(b => b.RestoreAsync(backup[tenant], new() { Mode = mode })).Should().ThrowAsync<StateCorruptionException>().WithMessage($"*{type}*2 members*")).Which;
            (refused.Message.Contains("no-session", StringComparison.Ordinal), refused.Message.Contains("ann", StringComparison.Ordinal)).Should().Be((false, false));
            (await _store.For(tenant).VerifyAsync(backup[tenant], BackupDepth.Content)).Faults.Should().Contain(fault => fault.Message.Contains(type));
        }

        (await _store.ContentsAsync()).Should().Equal(before);
    }

    [Test]
    public async Task RestoreAsync_StraysOfAnotherTenant_DoNotConcernThisOne()
    {
        await _store.SeedAsync();
        var backup = await ForgeAsync("session-expiry");

        await _store.For("a/b%2F").RestoreAsync((await _store.For("a/b%2F").CreateAsync()).Id);
        await _store.Backups.Invoking(b => b.RestoreAsync(backup[""])).Should().ThrowAsync<StateCorruptionException>();
    }

    [Test]
    public async Task CreateAsync_StoreWithStrays_LeavesThemOut()
    {
        await _store.SeedAsync();
        var key = new StateKey(3, StateShape.Index, "session-expiry", "all");
        await _store.CommitAsync(new SetScores(key, Strays));

        var backup = await _store.Backups.CreateAsync();
        await _store.Backups.RestoreAsync(backup.Id);

        (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.Content)).Faults.Should().BeEmpty();
        (await _store.Storage.ReadAsync(new IndexRead(key, [.. Strays.Select(static s => s.Member)]), default))?.Members.Should().BeEmpty();
    }

    [Test]
    public void Sound_RecordWithStrays_KeepsAllElseOfIt()
    {
        var key = new StateKey(3, StateShape.Index, "data-expiry", "all");
        IndexMember whole = new(KeyText.Join("acme", "notes", "a"), 3);
        StateTypes.DataExpiry.IsMember!(whole).Should().BeTrue();

        var sound = RecordRules.Sound(new(key, new IndexContent([whole, .. Strays], 3), Continues: true) { PartitionCount = 4 });

        sound.Should().BeEquivalentTo(new StateRecord(key, new IndexContent([whole], 1), Continues: true) { PartitionCount = 4 });
        RecordRules.Sound(new(key, new IndexContent(Strays, 2))).Should().BeNull();
    }

    /// <summary>Backups of the tenant and of everything, made by a program that does not look at what it writes.</summary>
    private async Task<Dictionary<string, string>> ForgeAsync(string type)
    {
        var key = new StateKey(3, StateShape.Index, type, "all");
        await _store.CommitAsync(new SetScores(key, Strays));
        var ids = new Dictionary<string, string>();
        foreach (var tenant in new[] { "acme", "" })
        {
            var (names, id) = (new BackupNames(tenant), BackupNames.NewId(_store.Time.GetUtcNow()));
            var lease = new BackupLease(_store.Target, names, _store.Time, id);
            await lease.KeepAsync(default);
            using var writer = new BackupWriter(_store.Target, names, id, BackupTestStore.PartitionCount, lease, null);
            var selection = new BackupSelection(tenant, StateParts.All, null, BackupTestStore.PartitionCount);
            await foreach (var record in _store.Provider.ExportAsync(default))
                if (selection.Take(record) is { } taken) await writer.AddAsync(taken, default);
            var chunks = await writer.CompleteAsync(default);
            var manifest = new BackupManifest
            {
                Id = id, Tenant = tenant, CreatedAt = _store.Time.GetUtcNow(), Provider = "forged", PartitionCount = BackupTestStore.PartitionCount, PartitionConsistent = true,
                Types = writer.Count.Types, PartitionHashes = writer.Count.PartitionHashes, Chunks = chunks,
            };
            using var content = new MemoryStream(ManifestFormat.Write(manifest));
            await _store.Target.WriteAsync(names.Manifest(id), content, default);
            await lease.EndAsync(default);
            ids[tenant] = id;
        }
        await _store.CommitAsync(new RemoveMembers(key, [.. Strays.Select(static s => s.Member)]));
        return ids;
    }
}
