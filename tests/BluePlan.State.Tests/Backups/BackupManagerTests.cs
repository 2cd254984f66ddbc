using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupManagerTests
{
    private readonly BackupTestStore _store = new();

    private MemoryBackupTarget Target => (MemoryBackupTarget)_store.Target;

    [TearDown]
    public ValueTask TearDownAsync() => _store.DisposeAsync();

    [Test]
    public async Task CreateAsync_EveryTypeOfKey_CountsThemAll()
    {
        await _store.SeedAsync();
        var contents = await _store.ContentsAsync();

        var backup = await _store.Backups.CreateAsync("before the move");

        backup.Keys.Should().Be(contents.Count).And.BeGreaterThan(100);
        backup.KeysByPart.Should().HaveCount(5).And.NotContainKey(StateParts.None);
        backup.KeysByPart.Values.Sum().Should().Be(backup.Keys);
        backup.Should().BeEquivalentTo(new { Name = "before the move", Tenant = "", Provider = "memory", PartitionCount = 8, IsPartitionConsistent = true, CreatedAt = _store.Time.GetUtcNow(), Damage = (string?)null });
        backup.StoredBytes.Should().BePositive().And.BeLessThan(backup.Bytes);
        (await _store.Backups.ListAsync()).Should().ContainSingle().Which.Should().BeEquivalentTo(backup);
        Target.Objects.Keys.Should().NotContain(name => name.StartsWith("pending/", StringComparison.Ordinal));
    }

    [Test]
    public async Task CreateAsync_EmptyStore_RestoresToEmpty()
    {
        var backup = await _store.Backups.CreateAsync();
        await _store.SeedAsync();

        (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue();
        var report = await _store.Backups.RestoreAsync(backup.Id);

        report.KeysWritten.Should().Be(0);
        (await _store.ContentsAsync()).Should().BeEmpty();
        backup.Should().BeEquivalentTo(new { Keys = 0L, Name = (string?)null, Bytes = 0L });
    }

    [Test]
    public async Task ListAsync_Several_NewestFirst()
    {
        var made = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            made.Add((await _store.Backups.CreateAsync($"number {i}")).Id);
            _store.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        (await _store.Backups.ListAsync()).Select(b => b.Id).Should().Equal(Enumerable.Reverse(made));
        made.Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Test]
    public async Task CreateAsync_MalformedName_Refuses()
    {
        foreach (var name in new[] { "", "half \ud800", new string('x', 385), new string('安', 129) })
            await _store.Backups.Invoking(b => b.CreateAsync(name)).Should().ThrowAsync<ArgumentException>();

        Target.Objects.Should().BeEmpty();
    }

    [TestCase("../../etc/passwd")]
    [TestCase("a/b\0c\n{}*\"'<>&\\")]
    [TestCase("备份 😀 \u202e")]
    public async Task CreateAsync_HostileName_ComesBackAsItWas(string name)
    {
        await _store.Backups.CreateAsync(name);

        (await _store.Backups.ListAsync()).Single().Name.Should().Be(name);
    }

    [Test]
    public async Task CreateAsync_ProviderWithoutExport_RefusesAndWritesNothing()
    {
        await using var store = new BackupTestStore(new DictionaryStateProvider(new(), _store.Time, StateCapabilities.None), Target);

        (await store.Backups.Invoking(b => b.CreateAsync()).Should().ThrowAsync<NotSupportedException>()).WithMessage("*does not offer Export*");

        Target.Objects.Should().BeEmpty();
    }

    [TestCase("nothing")]
    [TestCase("../manifests/x")]
    [TestCase("20260301-120000-000-0123456789abcdef")]
    [TestCase("20260301-120000-000-0123456789ABCDEF")]
    [TestCase("\0")]
    public async Task AnyCall_UnknownId_IsAbsent(string id)
    {
        await _store.Backups.CreateAsync();

        await _store.Backups.Invoking(b => b.VerifyAsync(id)).Should().ThrowAsync<StateNotFoundException>();
        await _store.Backups.Invoking(b => b.RestoreAsync(id)).Should().ThrowAsync<StateNotFoundException>();
        (await _store.Backups.DeleteAsync(id)).Should().BeFalse();
        (await _store.Backups.ListAsync()).Should().HaveCount(1);
    }

    [Test]
    public async Task AnyCall_NullOrEmptyId_Refuses()
    {
        foreach (var id in new[] { null!, "" })
        {
            await _store.Backups.Invoking(b => b.VerifyAsync(id)).Should().ThrowAsync<ArgumentException>();
            await _store.Backups.Invoking(b => b.RestoreAsync(id)).Should().ThrowAsync<ArgumentException>();
            await _store.Backups.Invoking(b => b.DeleteAsync(id)).Should().ThrowAsync<ArgumentException>();
        }
    }

    [Test]
    public async Task RestoreAsync_OptionsThatSelectNothing_Refuses()
    {
        var backup = await _store.Backups.CreateAsync();
        RestoreOptions[] refused =
        [
            new() { Parts = StateParts.None }, new() { Parts = (StateParts)64 }, new() { Mode = (RestoreMode)7 }, new() { UserId = "" }, new() { UserId = "ann", Parts = StateParts.Config | StateParts.Store },
        ];

        foreach (var options in refused) await _store.Backups.Invoking(b => b.RestoreAsync(backup.Id, options)).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task DeleteAsync_OneOfTwo_RemovesEverythingOfIt()
    {
        await _store.SeedAsync();
        var first = await _store.Backups.CreateAsync();
        var kept = Target.Objects.Keys.ToArray();
        var second = await _store.Backups.CreateAsync();

        (await _store.Backups.DeleteAsync(second.Id)).Should().BeTrue();
        (await _store.Backups.DeleteAsync(second.Id)).Should().BeFalse();

        Target.Objects.Keys.Should().BeEquivalentTo(kept);
        (await _store.Backups.ListAsync()).Should().ContainSingle().Which.Id.Should().Be(first.Id);
        (await _store.Backups.VerifyAsync(first.Id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue();
    }

    [Test]
    public async Task RestoreAsync_ExpiredSince_LeavesItOut()
    {
        var data = StateTypes.Data;
        await _store.CommitAsync(new PutDocument(new(0, data.Shape, data.Name, "/short"), "x"u8.ToArray(), StateExpiry.After(TimeSpan.FromMinutes(1))));
        await _store.CommitAsync(new PutDocument(new(0, data.Shape, data.Name, "/long"), "x"u8.ToArray(), StateExpiry.After(TimeSpan.FromHours(1))));
        var backup = await _store.Backups.CreateAsync();
        _store.Time.Advance(TimeSpan.FromMinutes(1));

        var whole = await _store.Backups.RestoreAsync(backup.Id);
        var part = await _store.Backups.RestoreAsync(backup.Id, new() { Parts = StateParts.Store });

        (whole.KeysWritten, whole.KeysExpired).Should().Be((1, 1));
        (part.KeysWritten, part.KeysExpired).Should().Be((1, 1));
        (await _store.ContentsAsync()).Keys.Should().Equal("0/Document/data//long");
        (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue("a drill judges the backup, not the time");
    }

    [Test]
    public async Task RestoreAsync_OtherPartitionCount_Refuses()
    {
        var backup = await _store.Backups.CreateAsync();
        await using var storage = new StateStorage(new InMemoryStateProvider(_store.Time), new StateOpenOptions { PartitionCount = 16 });
        IBackupManager other = new BackupManager(_store.Scope("") with { Storage = storage }, _store.Posting("").In(storage), Target);

        (await other.Invoking(b => b.RestoreAsync(backup.Id)).Should().ThrowAsync<StateOpenException>()).WithMessage("*8 partitions*16*");
    }

    [Test]
    public async Task CreateAsync_Progress_RisesToTheCountOfKeys()
    {
        await _store.SeedAsync();
        var seen = new List<BackupProgress>();

        var backup = await _store.Backups.CreateAsync(progress: new Immediate(seen.Add));
        await _store.Backups.RestoreAsync(backup.Id, progress: new Immediate(seen.Add));

        seen.Where(p => p.Stage is BackupStage.Creating).Last().Done.Should().Be(backup.Keys);
        seen.Where(p => p.Stage is BackupStage.Checking).Last().Should().Be(new BackupProgress(BackupStage.Checking, backup.StoredBytes, backup.StoredBytes));
        seen.Last().Should().Be(new BackupProgress(BackupStage.Writing, backup.Keys, backup.Keys));
    }

    private sealed class Immediate(Action<BackupProgress> report) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => report(value);
    }
}
