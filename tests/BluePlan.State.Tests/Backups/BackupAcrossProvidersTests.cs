using BluePlan.State.Conformance;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A backup of each provider restores into each, key by key the same.</summary>
[TestFixtureSource(nameof(Pairs))]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupAcrossProvidersTests(Type fromHarness, Type toHarness)
{
    private static readonly Type[] Harnesses = [typeof(InMemoryHarness), typeof(FileHarness), typeof(DictionaryHarness)];

    private readonly StateProviderHarness _from = (StateProviderHarness)Activator.CreateInstance(fromHarness)!;
    private readonly StateProviderHarness _to = (StateProviderHarness)Activator.CreateInstance(toHarness)!;

    private static IEnumerable<TestFixtureData> Pairs => from source in Harnesses from target in Harnesses select new TestFixtureData(source, target).SetArgDisplayNames(source.Name, target.Name);

    [TearDown]
    public async Task TearDownAsync()
    {
        await _from.DisposeAsync();
        await _to.DisposeAsync();
    }

    [Test]
    public async Task RestoreAsync_BackupOfTheOne_IntoTheOther_IsEqual()
    {
        await using var store = new BackupTestStore(await _from.CreateAsync());
        await store.SeedAsync();
        var before = await store.ContentsAsync();
        var backup = await store.Backups.CreateAsync();
        await using var other = await _to.CreateAsync();

        var report = await store.Backups.RestoreAsync(backup.Id, new() { Into = other });

        (await StoreContents.OfAsync(other)).Should().Equal(before);
        report.KeysWritten.Should().Be(before.Count);
    }

    [Test]
    public async Task CopyToAsync_TheOne_IntoTheOther_IsEqual()
    {
        await using var store = new BackupTestStore(await _from.CreateAsync());
        await store.SeedAsync();
        var before = await store.ContentsAsync();
        await using var other = await _to.CreateAsync();

        await StateCopy.RunAsync(store.Scope(""), store.Posting(""), other, null, default);

        (await StoreContents.OfAsync(other)).Should().Equal(before);
    }

    [Test]
    public async Task RestoreAsync_SameBackupByWayOfTheOther_IsTheSameBackup()
    {
        await using var store = new BackupTestStore(await _from.CreateAsync());
        await store.SeedAsync();
        var first = await store.Backups.CreateAsync();
        await using var other = new BackupTestStore(await _to.CreateAsync(), store.Target);
        await other.Backups.RestoreAsync(first.Id);

        var second = await other.Backups.CreateAsync();

        var catalog = new BackupCatalog(store.Target, "");
        var (was, now) = ((await catalog.FindAsync(first.Id, default)).Manifest, (await catalog.FindAsync(second.Id, default)).Manifest);
        now.PartitionHashes.Should().Equal(was.PartitionHashes);
        now.Types.Should().Equal(was.Types);
    }
}
