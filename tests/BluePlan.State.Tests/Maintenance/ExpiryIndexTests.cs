using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ExpiryIndexTests
{
    private static readonly StateType Type = new("test-expiry", StateShape.Index, StateParts.Store, StateOwnership.Partition);
    private readonly DictionaryHarness _harness = new();
    private InterceptingProvider _provider = null!;
    private StateScope _scope = null!;
    private ExpiryIndex _index = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _provider = new(await _harness.CreateAsync());
        _scope = new(new(_provider, new StateOpenOptions { PartitionCount = 4 }), new StateCodec(new JsonStateSerializer([])), _harness.Time, "");
        _index = new(_scope, Type);
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _scope.Storage.DisposeAsync();
        await _harness.DisposeAsync();
    }

    [Test]
    public async Task SweepAsync_NothingWritten_DropsNothingInOneRead()
    {
        (await _index.SweepAsync(Find, default)).Should().Be(0);

        (_provider.Reads, _provider.Commits).Should().Be((1, 0));
    }

    [Test]
    public async Task SweepAsync_SomeExpired_DropsThoseWithWhatRemains()
    {
        await WriteAsync(1, "dead", StateExpiry.After(_harness.Tick));
        await WriteAsync(1, "live", StateExpiry.After(_harness.Tick * 3));
        await WriteAsync(3, "dead", StateExpiry.After(_harness.Tick));
        await WriteAsync(3, "stays", StateExpiry.Never);
        await _harness.AdvanceAsync(_harness.Tick * 2);

        (await _index.SweepAsync(Find, default)).Should().Be(2);

        (await ListedAsync(1)).Should().Equal("live");
        (await ListedAsync(3)).Should().Equal("stays");
        (await MembersAsync(1)).Should().ContainSingle().Which.Member.Should().Be("/live");
        (await MembersAsync(3)).Should().BeEmpty();
        (await _scope.Storage.ReadAsync(new LogRead(Log(1, "dead")), default)).Should().BeNull();
        (await _scope.Storage.ReadAsync(new LogRead(Log(1, "live")), default))!.Count.Should().Be(1);
        (await _index.SweepAsync(Find, default)).Should().Be(0);
    }

    [Test]
    public async Task SweepAsync_MoreThanAPage_DropsThemAll()
    {
        for (var i = 0; i < 300; i++) await WriteAsync(2, $"item-{i}", i % 3 == 0 ? StateExpiry.Sliding(_harness.Tick) : StateExpiry.After(_harness.Tick));
        await _harness.AdvanceAsync(_harness.Tick * 0.5);
        for (var i = 0; i < 300; i += 3) await _scope.Storage.ReadAsync(new DocumentRead(Head(2, $"item-{i}"), StateExpiry.Keep), default);
        await _harness.AdvanceAsync(_harness.Tick * 0.75);

        (await _index.SweepAsync(Find, default)).Should().Be(200);

        (await ListedAsync(2)).Should().HaveCount(100).And.Contain("item-0").And.Contain("item-297").And.NotContain("item-1");
    }

    [Test]
    public async Task SweepAsync_SlidOn_MovesTheScoreToTheNewDeadline()
    {
        await WriteAsync(0, "slid", StateExpiry.Sliding(_harness.Tick));
        await _harness.AdvanceAsync(_harness.Tick * 0.75);
        await _scope.Storage.ReadAsync(new DocumentRead(Head(0, "slid"), StateExpiry.Keep), default);
        var deadline = _harness.Time.GetUtcNow() + _harness.Tick;
        await _harness.AdvanceAsync(_harness.Tick * 0.5);

        (await _index.SweepAsync(Find, default)).Should().Be(0);

        (await MembersAsync(0)).Should().Equal(new IndexMember("/slid", deadline.ToUnixTimeMilliseconds()));
    }

    [Test]
    public async Task SweepAsync_WrittenAgainMeanwhile_LeavesItAndDropsTheOthers()
    {
        await WriteAsync(1, "dead", StateExpiry.After(_harness.Tick));
        await WriteAsync(1, "back", StateExpiry.After(_harness.Tick));
        await _harness.AdvanceAsync(_harness.Tick * 2);
        _provider.BeforeNextCommit(() => WriteAsync(1, "back", StateExpiry.After(_harness.Tick * 9)));

        (await _index.SweepAsync(Find, default)).Should().Be(1);

        (await ListedAsync(1)).Should().Equal("back");
        (await MembersAsync(1)).Should().Equal(new IndexMember("/back", (_harness.Time.GetUtcNow() + _harness.Tick * 9).ToUnixTimeMilliseconds()));
        (await _scope.Storage.ReadAsync(new LogRead(Log(1, "back")), default)).Should().NotBeNull();
    }

    [Test]
    public async Task SweepAsync_DeletedWhileItsScoreIsMoved_LeavesNothingBehind()
    {
        await WriteAsync(1, "slid", StateExpiry.Sliding(_harness.Tick));
        await WriteAsync(1, "other", StateExpiry.Sliding(_harness.Tick));
        await _harness.AdvanceAsync(_harness.Tick * 0.75);
        foreach (var name in new[] { "slid", "other" }) await _scope.Storage.ReadAsync(new DocumentRead(Head(1, name), StateExpiry.Keep), default);
        await _harness.AdvanceAsync(_harness.Tick * 0.5);
        _provider.BeforeNextCommit(async () => await _scope.Storage.CommitAsync(new(
            new DeleteKey(Head(1, "slid")), new RemoveMembers(Listing(1), ["slid"]), _index.Remove(1, "/slid")), default));

        (await _index.SweepAsync(Find, default)).Should().Be(0);

        (await MembersAsync(1)).Should().ContainSingle().Which.Member.Should().Be("/other");
    }

    [Test]
    public async Task SweepAsync_OfOneTenant_LeavesTheOthers()
    {
        await WriteAsync(1, "ours", StateExpiry.After(_harness.Tick), tenant: "acme");
        await WriteAsync(1, "theirs", StateExpiry.After(_harness.Tick), tenant: "acme/2");
        await WriteAsync(1, "nobody's", StateExpiry.After(_harness.Tick));
        await _harness.AdvanceAsync(_harness.Tick * 2);

        (await new ExpiryIndex(_scope with { Tenant = "acme" }, Type).SweepAsync(Find, default)).Should().Be(1);
        (await ListedAsync(1)).Should().Equal("nobody's", "theirs");

        (await _index.SweepAsync(Find, default)).Should().Be(2);
        (await ListedAsync(1)).Should().BeEmpty();
    }

    [Test]
    public async Task SweepAsync_TwoAtOnce_CountEachItemOnce()
    {
        for (var i = 0; i < 200; i++) await WriteAsync(i % 4, $"item-{i}", StateExpiry.After(_harness.Tick));
        await _harness.AdvanceAsync(_harness.Tick * 2);

        var dropped = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _index.SweepAsync(Find, default))));

        dropped.Sum().Should().Be(200);
    }

    [Test]
    public async Task DropAsync_OneIsAlive_DropsOnlyTheDead()
    {
        await WriteAsync(1, "dead", StateExpiry.After(_harness.Tick));
        await WriteAsync(1, "live", StateExpiry.After(_harness.Tick * 9));
        await _harness.AdvanceAsync(_harness.Tick * 2);

        (await _index.DropAsync(1, [Find(1, ["", "live"]), Find(1, ["", "dead"])], default)).Should().Be(1);

        (await ListedAsync(1)).Should().Equal("live");
    }

    private static StateKey Head(int partition, string name) => new(partition, StateShape.Document, "test", name);

    private static StateKey Log(int partition, string name) => new(partition, StateShape.Log, "test", name);

    private static StateKey Listing(int partition) => new(partition, StateShape.Index, "test-list", "all");

    private static ExpiringItem Find(int partition, string[] parts) =>
        new(KeyText.Join(parts), [Head(partition, parts[1])], Listing(partition), parts[1]) { Remains = [Log(partition, parts[1])] };

    private async Task WriteAsync(int partition, string name, StateExpiry expiry, string tenant = "")
    {
        List<StateOperation> operations =
        [
            new PutDocument(Head(partition, name), new byte[] { 1 }, expiry),
            new AppendEntries(Log(partition, name), [new(new byte[] { 2 })]),
            new SetScores(Listing(partition), [new(name, 0)]),
        ];
        if (_index.Set(partition, KeyText.Join(tenant, name), expiry, _harness.Time.GetUtcNow()) is { } hint) operations.Add(hint);
        (await _scope.Storage.CommitAsync(new(operations), default)).IsCommitted.Should().BeTrue();
    }

    private async Task<IEnumerable<string>> ListedAsync(int partition) =>
        (await _scope.Storage.ReadAsync(new IndexRead(Listing(partition)), default))?.Members.Select(m => m.Member) ?? [];

    private async Task<IReadOnlyList<IndexMember>> MembersAsync(int partition) =>
        (await _scope.Storage.ReadAsync(new IndexRead(_index.Key(partition)), default))?.Members ?? [];
}
