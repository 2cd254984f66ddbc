using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Token usage that waits to be posted, in a backup and a copy, and in the store that they go into.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UnpostedUsageTests
{
    private readonly BackupTestStore _store = new();
    private readonly BackupTestStore _other;

    public UnpostedUsageTests() => _other = new(target: _store.Target, time: _store.Time);

    [TearDown]
    public async Task TearDownAsync()
    {
        await _store.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Test]
    public async Task RestoreAsync_TenantsSumIsDamaged_BringsItBack()
    {
        await RecordAsync(_store, "acme", "first");
        (await TotalAsync(_store, "acme")).Should().Be(1);
        var backup = await _store.For("acme").CreateAsync();
        await DamageAsync(_store, "acme");
        await RecordAsync(_store, "acme", "second");
        await _store.Awaiting(s => TotalAsync(s, "acme")).Should().ThrowAsync<StateCorruptionException>();

        await _store.For("acme").RestoreAsync(backup.Id);

        (await TotalAsync(_store, "acme")).Should().Be(1);
    }

    [Test]
    public async Task In_AnotherStore_KnowsNothingOfOurs()
    {
        var (ours, theirs) = (Usage(_store, ""), Usage(_other, ""));
        foreach (var usage in new[] { ours, theirs }) await usage.RecordAsync(Of("first"));
        await RecordAsync(_store, "acme", "first");
        var posting = new UsagePosting(_store.Scope(""), new(new()));
        await posting.PostAllAsync(default);

        await posting.In(_other.Storage).PostAllAsync(default);

        (await NeverExpiringAsync(_other)).Should().BeEquivalentTo("usage-settings", "usage-tenants");
    }

    [Test]
    public async Task CreateAsync_KeyByKey_CountsNothingTwice()
    {
        var provider = new KeyByKeyProvider(new InMemoryStateProvider(_store.Time));
        await using var store = new BackupTestStore(provider, _store.Target, _store.Time);
        await RecordAsync(store, "", "first");
        provider.OnExport = () => RecordAsync(store, "", "second");

        var backup = await store.Backups.CreateAsync();
        await _other.Backups.RestoreAsync(backup.Id);

        (await _other.ContentsAsync()).Keys.Should().NotContain(key => key.Contains("usage-pending", StringComparison.Ordinal));
        (await TotalAsync(_other, "")).Should().Be(1, "sums may lack what was recorded meanwhile");
    }

    [Test]
    public async Task CreateAsync_KeyByKeyWithADamagedSum_HoldsTheRest()
    {
        await using var store = new BackupTestStore(new KeyByKeyProvider(new InMemoryStateProvider(_store.Time)), _store.Target, _store.Time);
        await RecordAsync(store, "", "first");
        await RecordAsync(store, "acme", "first");
        (await TotalAsync(store, "acme")).Should().Be(1);
        await DamageAsync(store, "acme");
        await RecordAsync(store, "acme", "second");
        await RecordAsync(store, "", "second");

        var backup = await store.Backups.CreateAsync();
        await _other.Backups.RestoreAsync(backup.Id);

        (await TotalAsync(_other, "")).Should().Be(2);
        await _other.Awaiting(s => TotalAsync(s, "acme")).Should().ThrowAsync<StateCorruptionException>();
    }

    private static TokenUsage Of(string request) => new() { RequestId = request, UserId = "ann", Model = "model", SessionId = "session", InputTokens = 1 };

    private static ITokenUsageManager Usage(BackupTestStore store, string tenant) => new TokenUsageManager(store.Scope(tenant), new(new()), store.Posting(tenant));

    private static async Task RecordAsync(BackupTestStore store, string tenant, string request) => (await Usage(store, tenant).RecordAsync(Of(request))).Should().BeTrue();

    private static async Task<long> TotalAsync(BackupTestStore store, string tenant) => (await Usage(store, tenant).GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Requests;

    /// <summary>Puts bytes where the user's sum of today stands.</summary>
    private static Task DamageAsync(BackupTestStore store, string tenant)
    {
        var keys = new UsageKeys(store.Scope(tenant));
        var day = keys.UserDay(keys.PartitionOf("ann"), "ann", DateOnly.FromDateTime(store.Time.GetUtcNow().UtcDateTime));
        return store.CommitAsync(new SetFields(day, [new("mu/model", new("damaged"u8.ToArray()))])).AsTask();
    }

    private static async Task<IEnumerable<string>> NeverExpiringAsync(BackupTestStore store) =>
        (await store.Provider.ExportAsync(default).Where(record => record.Content.Expiry.Kind is StateExpiryKind.Never).Select(record => record.Key.Type).ToListAsync()).Distinct();
}
