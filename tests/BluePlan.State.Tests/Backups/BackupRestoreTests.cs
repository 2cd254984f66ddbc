using System.Text.RegularExpressions;
using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupRestoreTests
{
    private readonly BackupTestStore _store = new();

    private static IEnumerable<StateParts> SingleParts => Enum.GetValues<StateParts>().Where(p => int.PopCount((int)p) == 1);

    [TearDown]
    public ValueTask TearDownAsync() => _store.DisposeAsync();

    [Test]
    public async Task RestoreAsync_Everything_IsExactlyWhatItWas()
    {
        await _store.SeedAsync();
        var before = await _store.ContentsAsync();
        var backup = await _store.Backups.CreateAsync();
        await _store.SeedAsync("second");

        var report = await _store.Backups.RestoreAsync(backup.Id);

        Forward(await _store.ContentsAsync(), before).Should().Equal(before);
        report.Should().BeEquivalentTo(new { BackupId = backup.Id, RestoredTo = backup.CreatedAt, IsAtomic = true, KeysWritten = backup.Keys, KeysRemoved = (long?)null, KeysExpired = 0L, KeysSkipped = 0L });
        report.UnknownTypes.Should().BeEmpty();
        report.LeftAlone.Should().BeEmpty();
    }

    [TestCaseSource(nameof(SingleParts))]
    public async Task RestoreAsync_OnePart_ChangesThatPartOnly(StateParts part)
    {
        await _store.SeedAsync();
        var before = await _store.ContentsAsync();
        var backup = await _store.Backups.CreateAsync();
        await _store.SeedAsync("second");
        var after = await _store.ContentsAsync();

        var report = await _store.Backups.RestoreAsync(backup.Id, new() { Parts = part });

        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, content) in after) if (PartOf(key) != part) expected.Add(key, content);
        foreach (var (key, content) in before) if (PartOf(key) == part) expected.Add(key, content);
        Forward(await _store.ContentsAsync(), expected).Should().Equal(expected);
        report.KeysWritten.Should().Be(backup.KeysByPart[part]);
        report.KeysRemoved.Should().Be(after.Keys.Except(before.Keys).Count(k => PartOf(k) == part)).And.BePositive();
        report.KeysSkipped.Should().Be(backup.Keys - report.KeysWritten);
        report.IsAtomic.Should().BeFalse();
    }

    [Test]
    public async Task RestoreAsync_OneUser_ChangesThatUsersKeysOnly([Values("", "acme", "a/b%2F")] string tenant, [Values("ann", "bob/../*{}")] string user)
    {
        await _store.SeedAsync();
        var before = await _store.ContentsAsync();
        var backup = await _store.Backups.CreateAsync();
        await _store.SeedAsync("second");
        var after = await _store.ContentsAsync();

        var report = await _store.For(tenant).RestoreAsync(backup.Id, new() { UserId = user });

        var restored = await _store.ContentsAsync();
        var own = OwnKeys(tenant, user, "first").ToHashSet(StringComparer.Ordinal);
        var made = OwnKeys(tenant, user, "second").Except(own).ToArray();
        restored.Keys.Should().BeEquivalentTo(after.Keys.Except(made));
        foreach (var key in own) Forward(restored, before)[key].Should().Be(before[key], key);
        foreach (var key in restored.Keys.Except(own)) restored[key].Should().Be(after[key], key);
        report.KeysRemoved.Should().Be(made.Length).And.BePositive();
        report.LeftAlone.Should().BeEquivalentTo(StateTypes.All.Where(t => t.Ownership is StateOwnership.Aggregate or StateOwnership.Tenant || t == StateTypes.DataExpiry).Select(t => t.Name));
    }

    [Test]
    public async Task RestoreAsync_OneUserIntoEmptyStore_BringsTheHousekeepingToo()
    {
        await _store.SeedAsync();
        var partition = _store.Scope("acme").UserPartition("ann");
        var neighbour = Enumerable.Range(0, 10_000).Select(i => $"neighbour {i}").First(user => _store.Scope("acme").UserPartition(user) == partition);
        await _store.SeedUserAsync("acme", neighbour, "first");
        var backup = await _store.Backups.CreateAsync();
        await using var other = new BackupTestStore(target: _store.Target);

        await other.For("acme").RestoreAsync(backup.Id, new() { UserId = "ann", Parts = StateParts.Sessions | StateParts.History });

        var index = await other.Storage.ReadAsync(new IndexRead(new(partition, StateShape.Index, StateTypes.SessionExpiry.Name, "all")), default);
        index!.Members.Should().Equal(new IndexMember(KeyText.Join("acme", "ann", BackupTestStore.Member("ann", "first")), 1_000));
        (await other.ContentsAsync()).Should().HaveCount(7, "a user has two listings, a session, a conversation, its messages, and stands in two expiry indexes");
    }

    [Test]
    public async Task RestoreAsync_Tenant_ChangesThatTenantsKeysOnly([Values] bool fromWholeStore, [Values("acme", "a/b%2F")] string tenant)
    {
        await _store.SeedAsync();
        var before = await _store.ContentsAsync();
        var backup = await (fromWholeStore ? _store.Backups : _store.For(tenant)).CreateAsync();
        await _store.SeedAsync("second");
        var after = await _store.ContentsAsync();

        var report = await _store.For(tenant).RestoreAsync(backup.Id);

        var restored = await _store.ContentsAsync();
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, content) in after) if (!IsOf(key, tenant)) expected.Add(key, content);
        foreach (var (key, content) in before) if (IsOf(key, tenant)) expected.Add(key, content);
        Forward(restored, expected).Should().Equal(expected);
        report.KeysRemoved.Should().BePositive();
        report.LeftAlone.Should().BeEmpty();
    }

    [Test]
    public async Task CreateAsync_Tenant_HoldsItsOwnKeysAndNobodyElses()
    {
        await _store.SeedAsync();
        var all = await _store.ContentsAsync();
        var backup = await _store.For("acme").CreateAsync();
        await using var other = new BackupTestStore(target: _store.Target);

        var report = await other.For("acme").RestoreAsync(backup.Id);

        var contents = await other.ContentsAsync();
        contents.Where(k => !IsShared(k.Key)).Should().BeEquivalentTo(all.Where(k => IsOf(k.Key, "acme")));
        contents.Keys.Should().OnlyContain(k => IsOf(k, "acme") || IsShared(k));
        contents.Where(k => IsShared(k.Key)).SelectMany(k => k.Value.Split('\n').Skip(1)).Should().HaveCount(3 * StateTypes.All.Count(t => t.Ownership is StateOwnership.Partition && t != StateTypes.UsagePending), "three users stand in each index that was written").And.OnlyContain(member => member.Contains("1000 \"acme/", StringComparison.Ordinal));
        report.KeysWritten.Should().Be(backup.Keys).And.Be(contents.Count);
        backup.Tenant.Should().Be("acme");
    }

    [Test]
    public async Task AnyCall_OtherTenantsBackup_IsAbsent()
    {
        await _store.SeedAsync();
        var own = await _store.For("acme").CreateAsync();
        var whole = await _store.Backups.CreateAsync();

        foreach (var stranger in new[] { _store.For("a/b%2F"), _store.Backups })
        {
            (await stranger.ListAsync()).Select(b => b.Id).Should().NotContain(own.Id);
            (await stranger.DeleteAsync(own.Id)).Should().BeFalse();
            await stranger.Invoking(b => b.VerifyAsync(own.Id)).Should().ThrowAsync<StateNotFoundException>();
            await stranger.Invoking(b => b.RestoreAsync(own.Id)).Should().ThrowAsync<StateNotFoundException>();
        }
        (await _store.For("acme").DeleteAsync(whole.Id)).Should().BeFalse();
        (await _store.For("acme").VerifyAsync(whole.Id, BackupDepth.Content)).IsSound.Should().BeTrue();
        (await _store.For("acme").ListAsync()).Should().ContainSingle().Which.Id.Should().Be(own.Id);
    }

    [Test]
    public async Task RestoreAsync_MergeEverything_KeepsWhatWasMadeSinceAndItsListing()
    {
        await _store.SeedAsync();
        var before = await _store.ContentsAsync();
        var backup = await _store.Backups.CreateAsync();
        await _store.SeedAsync("second");
        var after = await _store.ContentsAsync();
        await using var scratch = new BackupTestStore();

        var report = await _store.Backups.RestoreAsync(backup.Id, new() { Mode = RestoreMode.Merge });

        // The second round wrote other keys, or added to listings, so nothing of it may be gone.
        var merged = await _store.ContentsAsync();
        merged.Keys.Should().Equal(after.Keys);
        foreach (var (key, content) in before) if (!IsListing(key)) merged[key].Should().Be(content, key);
        foreach (var (key, content) in after) if (IsListing(key) || !before.ContainsKey(key)) merged[key].Should().Be(content, key);
        (report.KeysWritten, report.KeysRemoved).Should().Be((backup.Keys, 0));
    }

    [Test]
    public async Task RestoreAsync_MergeOfListing_TakesTheLaterExpiryOfTheTwo([Values(null, 10, 30)] int? there)
    {
        var key = new StateKey(0, StateShape.Index, StateTypes.UserSessions.Name, "/ann");
        await _store.CommitAsync(new SetScores(key, [new("old", 1)]), new ExpireKey(key, StateExpiry.After(TimeSpan.FromMinutes(20))));
        var until = _store.Time.GetUtcNow() + TimeSpan.FromMinutes(20);
        var backup = await _store.Backups.CreateAsync();
        await _store.CommitAsync(new DeleteKey(key));
        if (there is { } minutes) await _store.CommitAsync(new SetScores(key, [new("new", 2)]), new ExpireKey(key, StateExpiry.After(TimeSpan.FromMinutes(minutes))));

        await _store.Backups.RestoreAsync(backup.Id, new() { Mode = RestoreMode.Merge });

        var index = await _store.Storage.ReadAsync(new IndexRead(key), default);
        index!.Members.Select(m => m.Member).Should().Equal(there is null ? ["old"] : ["old", "new"]);
        index.Expiry.Instant.Should().Be(there is 30 ? until + TimeSpan.FromMinutes(10) : until);
    }

    [Test]
    public async Task RestoreAsync_UnknownTypes_ComeWithEverythingAndAreReported()
    {
        var unknown = new StateKey(3, StateShape.Document, "of-tomorrow", "whatever");
        var otherShape = new StateKey(3, StateShape.Map, StateTypes.Session.Name, "/x");
        await _store.SeedAsync();
        await _store.WriteAsync(unknown, "x");
        await _store.WriteAsync(otherShape, "x");
        var before = await _store.ContentsAsync();
        var backup = await _store.Backups.CreateAsync();
        await _store.CommitAsync(new DeleteKey(unknown), new DeleteKey(otherShape));

        var part = await _store.Backups.RestoreAsync(backup.Id, new() { Parts = StateParts.Sessions });
        var contents = await _store.ContentsAsync();
        var whole = await _store.Backups.RestoreAsync(backup.Id);

        backup.KeysByPart[StateParts.None].Should().Be(2);
        part.UnknownTypes.Should().Equal("of-tomorrow", "session");
        contents.Keys.Should().NotContain([StoreContents.NameOf(unknown), StoreContents.NameOf(otherShape)]);
        whole.UnknownTypes.Should().Equal("of-tomorrow", "session");
        (await _store.ContentsAsync()).Keys.Should().Equal(before.Keys);
    }

    [Test]
    public async Task RestoreAsync_ProviderWithoutAtomicReplace_SaysSo()
    {
        await _store.SeedAsync();
        var before = await _store.ContentsAsync();
        var backup = await _store.Backups.CreateAsync();
        await using var other = new DictionaryStateProvider(new(), _store.Time, StateCapabilities.Export | StateCapabilities.Import);

        var report = await _store.Backups.RestoreAsync(backup.Id, new() { Into = other });

        report.IsAtomic.Should().BeFalse();
        (await StoreContents.OfAsync(other)).Should().Equal(before);
    }

    [Test]
    public async Task RestoreAsync_IntoProviderThatCannot_RefusesBeforeItOpensIt()
    {
        var backup = await _store.Backups.CreateAsync();
        foreach (var (capabilities, options) in new[] { (StateCapabilities.Export, new RestoreOptions()), (StateCapabilities.Import, new RestoreOptions { Parts = StateParts.Config }) })
        {
            var data = new DictionaryStore();
            await using var other = new DictionaryStateProvider(data, _store.Time, capabilities);

            await _store.Backups.Invoking(b => b.RestoreAsync(backup.Id, options with { Into = other })).Should().ThrowAsync<NotSupportedException>();

            data.PartitionCount.Should().Be(0);
        }
    }

    [Test]
    public async Task RestoreAsync_IntoStoreOfOtherPartitionCount_RefusesAndLeavesIt()
    {
        await _store.SeedAsync();
        var backup = await _store.Backups.CreateAsync();
        var data = new DictionaryStore { PartitionCount = 16 };
        await using var other = new DictionaryStateProvider(data, _store.Time, StateCapabilities.Export | StateCapabilities.Import);

        (await _store.Backups.Invoking(b => b.RestoreAsync(backup.Id, new() { Into = other })).Should().ThrowAsync<StateOpenException>()).WithMessage("*16*8*");

        data.Contents.Should().BeEmpty();
    }

    /// <summary>Logs keep counting through a restore, so only the last sequence may be higher.</summary>
    private static SortedDictionary<string, string> Forward(SortedDictionary<string, string> now, SortedDictionary<string, string> then) =>
        new(now.ToDictionary(k => k.Key, k => then.TryGetValue(k.Key, out var was) && k.Key.Contains("/Log/") && WithoutLast(k.Value) == WithoutLast(was) ? was : k.Value), StringComparer.Ordinal);

    private static string WithoutLast(string content) => Regex.Replace(content, "^(log of [0-9]+) up to [0-9]+", "$1");

    private static StateType TypeOf(string key) => key.Split('/', 4) is [_, var shape, var type, _] ? StateTypes.Find(type, Enum.Parse<StateShape>(shape))! : throw new ArgumentException(key);

    private static StateParts PartOf(string key) => TypeOf(key).Part;

    private static bool IsListing(string key) => TypeOf(key).IsListing;

    private static bool IsShared(string key) => TypeOf(key).Ownership is StateOwnership.Partition;

    private static bool IsOf(string key, string tenant) => !IsShared(key) && KeyText.Split(key.Split('/', 4)[3])[0] == tenant;

    private IEnumerable<string> OwnKeys(string tenant, string user, string round)
    {
        var scope = _store.Scope(tenant);
        var partition = scope.UserPartition(user);
        foreach (var type in StateTypes.All)
        {
            if (type.Ownership is StateOwnership.User) yield return StoreContents.NameOf(type.Shape is StateShape.Index ? scope.Key(partition, type, user) : scope.Key(partition, type, user, round));
            if (type.Ownership is StateOwnership.Member) yield return StoreContents.NameOf(scope.Key(partition, type, BackupTestStore.Member(user, round)));
        }
    }
}
