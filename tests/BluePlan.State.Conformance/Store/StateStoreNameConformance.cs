using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore"/>: categories, keys and tenants of any name stay apart, and bad names are refused.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StateStoreNameConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IStateStore Store => State.Store;

    [Test]
    public async Task SetAsync_KeysThatLookAlike_StayApart()
    {
        (string Category, string Key)[] pairs =
        [
            ("a/b", "c"), ("a", "b/c"), ("a%2Fb", "c"), ("a", "b%2Fc"), ("a", "b"), ("A", "b"), ("a", "B"), ("ab", ""), ("a ", "b"), ("a", " b"),
            ("é", "x"), ("e\u0301", "x"), ("a:b", "c"), ("a", "b:c"), ("{a}", "b"), ("a", "{b}"),
        ];
        pairs = [.. pairs.Where(p => p.Key.Length > 0)];
        for (var i = 0; i < pairs.Length; i++) await Store.SetAsync(pairs[i].Category, pairs[i].Key, i, condition: StateCondition.IfAbsent);
        for (var i = 0; i < pairs.Length; i++) await Store.IncrementFieldAsync(pairs[i].Category, pairs[i].Key, "count", i + 1);

        for (var i = 0; i < pairs.Length; i++)
        {
            (await Store.GetAsync<int>(pairs[i].Category, pairs[i].Key))!.Value.Should().Be(i);
            (await Store.GetFieldAsync<long>(pairs[i].Category, pairs[i].Key, "count")).Should().Be(i + 1);
        }
        (await Store.ListKeysAsync("a/b")).Items.Should().Equal("c");
        (await Store.ListKeysAsync("a")).Items.Should().Equal(" b", "B", "b", "b%2Fc", "b/c", "b:c", "{b}");
        (await Store.DeleteAsync("a/b", "c")).Should().BeTrue();
        (await Store.ExistsAsync("a", "b/c")).Should().BeTrue();
    }

    [Test]
    public async Task SetAsync_HostileNames_StayApart()
    {
        foreach (var name in HostNames.Good)
        {
            await Store.SetAsync(name, "key", name, condition: StateCondition.IfAbsent);
            await Store.SetAsync("category", name, name, condition: StateCondition.IfAbsent);
            await Store.SetFieldAsync("fields", "key", name, name);
        }

        foreach (var name in HostNames.Good)
        {
            (await Store.GetAsync<string>(name, "key"))!.Value.Should().Be(name);
            (await Store.GetAsync<string>("category", name))!.Value.Should().Be(name);
            (await Store.GetFieldAsync<string>("fields", "key", name)).Should().Be(name);
            (await Store.ListKeysAsync(name)).Items.Should().Equal("key");
        }
        (await Store.ListKeysAsync("category", 1_000)).Items.Order(StringComparer.Ordinal).Should().Equal(HostNames.Good.Order(StringComparer.Ordinal));
        (await Store.GetFieldsAsync<string>("fields", "key")).Should().HaveCount(HostNames.Good.Count);
    }

    [Test]
    public async Task AnyCall_BadName_IsRefused()
    {
        foreach (var bad in HostNames.Bad.Select(name => name!))
        {
            foreach (var (category, key) in new[] { (bad, "key"), ("category", bad) })
            {
                await Store.Invoking(s => s.SetAsync(category, key, 1)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.GetAsync<int>(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.PeekAsync<int>(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.UpdateAsync<int>(category, key, v => v)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.ExistsAsync(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.DeleteAsync(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.ExpireAsync(category, key, StateExpiry.Never)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.SetFieldAsync(category, key, "f", 1)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.GetFieldsAsync<int>(category, key)).Should().ThrowAsync<ArgumentException>();
            }
            await Store.Invoking(s => s.ListKeysAsync(bad)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.SetFieldAsync("c", "k", bad, 1)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.GetFieldAsync<int>("c", "k", bad)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.GetFieldsAsync<int>("c", "k", [bad])).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.IncrementFieldAsync("c", "k", bad)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.RemoveFieldAsync("c", "k", bad)).Should().ThrowAsync<ArgumentException>();
        }
        (Provider.Reads, Provider.Commits).Should().Be((0, 0));
    }

    [Test]
    public async Task ForTenant_SameNames_StayApart()
    {
        var acme = State.ForTenant("acme").Store;
        await Store.SetAsync("cache", "page", 1);
        await acme.SetAsync("cache", "page", 2, StateExpiry.After(Tick * 9), StateCondition.IfAbsent);
        await acme.IncrementFieldAsync("counts", "page", "hits", 5);

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(1);
        (await acme.GetAsync<int>("cache", "page"))!.Value.Should().Be(2);
        (await Store.GetFieldsAsync<long>("counts", "page")).Should().BeEmpty();
        (await Store.ListKeysAsync("counts")).Items.Should().BeEmpty();
        (await State.ForTenant("acme/cache").Store.ListKeysAsync("page")).Items.Should().BeEmpty();
        await Store.DeleteAsync("cache", "page");
        (await acme.ExistsAsync("cache", "page")).Should().BeTrue();
        await AdvanceAsync(10);
        (await State.ForTenant("other").Store.CleanupAsync()).Should().Be(0);
        (await acme.CleanupAsync()).Should().Be(1);
    }
}
