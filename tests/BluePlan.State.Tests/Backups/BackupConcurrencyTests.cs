using System.Text;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupConcurrencyTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-backups-").FullName;
    private readonly BackupTestStore _store;

    public BackupConcurrencyTests() => _store = new(target: new DirectoryBackupTarget(_directory));

    [TearDown]
    public async Task TearDownAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task CreateAsync_ManyAtOnce_EachIsWhole()
    {
        await _store.SeedAsync();
        var before = await _store.ContentsAsync();

        var backups = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? _store.Backups : _store.For("acme")).CreateAsync($"number {i}"))));

        (await _store.Backups.ListAsync()).Select(b => b.Name).Should().BeEquivalentTo("number 0", "number 2", "number 4");
        (await _store.For("acme").ListAsync()).Select(b => b.Name).Should().BeEquivalentTo("number 1", "number 3", "number 5");
        foreach (var backup in backups) (await _store.For(backup.Tenant).VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).Faults.Should().BeEmpty();
        await _store.Backups.RestoreAsync(backups[0].Id);
        (await _store.ContentsAsync()).Should().Equal(before);
    }

    /// <summary>Two documents of one partition change together, so a backup of a provider with consistent partitions shows them as one.</summary>
    [Test]
    public async Task CreateAsync_WhileHostsWrite_ShowsEachPartitionAsOfOneInstant()
    {
        await _store.SeedAsync();
        using var enough = new CancellationTokenSource();
        var (left, right) = (new StateKey(3, StateShape.Document, "data", "/left"), new StateKey(3, StateShape.Document, "data", "/right"));
        var rounds = 0;
        var writer = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                var value = Encoding.UTF8.GetBytes($"{++rounds}");
                await _store.CommitAsync(new PutDocument(left, value, StateExpiry.Never), new PutDocument(right, value, StateExpiry.Never));
                await _store.CommitAsync(new AppendEntries(new(3, StateShape.Log, "messages", "/conversation"), [new(value)], keepLast: 100));
            }
        });

        var backups = new List<Backup>();
        while (backups.Count < 8) if (Volatile.Read(ref rounds) > 0) backups.Add(await _store.Backups.CreateAsync());
        await enough.CancelAsync();
        await writer;

        foreach (var backup in backups)
        {
            (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).Faults.Should().BeEmpty();
            await using var restored = new InMemoryStateProvider(_store.Time);
            await _store.Backups.RestoreAsync(backup.Id, new() { Into = restored });
            var values = await restored.ReadAsync([new DocumentRead(left), new DocumentRead(right)], default);
            Text(values[0]).Should().Be(Text(values[1]));
        }
        rounds.Should().BeGreaterThan(8);

        static string? Text(StateContent? content) => content is DocumentContent document ? Encoding.UTF8.GetString(document.Value.Span) : null;
    }

    [Test]
    public async Task DeleteAsync_SameBackupByMany_IsGoneOnce()
    {
        await _store.SeedAsync();
        var kept = await _store.Backups.CreateAsync("kept");
        var backup = await _store.Backups.CreateAsync();

        var deleted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _store.Backups.DeleteAsync(backup.Id))));

        deleted.Should().ContainSingle(d => d);
        (await _store.Backups.ListAsync()).Should().ContainSingle().Which.Id.Should().Be(kept.Id);
        Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Should().OnlyContain(f => f.Contains(kept.Id));
        (await _store.Backups.VerifyAsync(kept.Id, BackupDepth.Content)).IsSound.Should().BeTrue();
    }
}
