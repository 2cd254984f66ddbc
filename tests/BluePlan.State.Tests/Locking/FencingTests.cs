using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Fencing tokens, and what is written under them.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FencingTests : LockHosts
{
    [Test]
    public async Task Holder_StoppedWhileTheStoreGoesOn_IsRefusedAndToldByTheStore()
    {
        var store = new InMemoryStateProvider(StoreTime);
        var stopped = Host(store, HostTime);
        var other = Host(store, StoreTime);
        var lease = await stopped.Locks.AcquireAsync("lock");
        await stopped.FencedBy(lease).Store.SetAsync("things", "one", "first");

        StoreTime.Advance(TimeSpan.FromSeconds(31));
        await using var next = await other.Locks.TryAcquireAsync("lock");
        await other.FencedBy(next!).Store.SetAsync("things", "one", "second");

        lease.IsHeld.Should().BeTrue("its clock stands still, as that of a machine which was suspended");
        await FluentActions.Awaiting(() => stopped.FencedBy(lease).Store.SetAsync("things", "one", "late")).Should().ThrowAsync<StateLockLostException>();
        lease.Lost.IsCancellationRequested.Should().BeTrue();
        (await other.Store.GetAsync<string>("things", "one"))!.Value.Should().Be("second");
    }

    [Test]
    public async Task FencingTokens_StoreMadeAnew_GoOnWithTheClock()
    {
        var first = await TokenAsync(Host(new InMemoryStateProvider(StoreTime), StoreTime));
        StoreTime.Advance(TimeSpan.FromMilliseconds(1));

        var second = await TokenAsync(Host(new InMemoryStateProvider(StoreTime), StoreTime));

        second.Should().BeGreaterThan(first).And.BeLessThan(StateLimits.MaximumNumber / 2);
    }

    [Test]
    public async Task FencingTokens_ClockSetBackOrFarOff_RiseAllTheSame()
    {
        var store = new InMemoryStateProvider(StoreTime);
        var tokens = new List<long>();
        foreach (var year in new[] { 2026, 1960, 9999, 1970, 2026 })
            tokens.Add(await TokenAsync(Host(store, new FakeTimeProvider(new(year, 1, 1, 0, 0, 0, TimeSpan.Zero)))));

        tokens.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        tokens[^1].Should().BeLessThan(StateLimits.MaximumNumber - (1L << 51), "enough are left");
    }

    [Test]
    public async Task FencedBy_LeaseOfAnotherStore_IsRefused()
    {
        var (one, two) = (Host(new InMemoryStateProvider(StoreTime), StoreTime), Host(new InMemoryStateProvider(StoreTime), StoreTime));
        await using var lease = await one.Locks.AcquireAsync("lock");

        two.Invoking(t => t.FencedBy(lease)).Should().Throw<ArgumentException>().WithParameterName("lease");
        two.Invoking(t => t.FencedBy(null!)).Should().Throw<ArgumentNullException>();
        one.ForTenant("acme").Invoking(t => t.FencedBy(lease)).Should().NotThrow();
        one.FencedBy(lease).ForTenant("acme").FencedBy(lease).Tenant.Should().Be("acme");
    }

    [Test]
    public async Task FencedBy_Commits_AreRememberedForTheRetentionAndNoLonger()
    {
        var provider = new InMemoryStateProvider(StoreTime);
        var host = Host(provider, StoreTime);
        await using var lease = await host.Locks.AcquireAsync("lock");
        var fenced = host.FencedBy(lease).Store;
        await fenced.SetAsync("things", "one", 1);
        StoreTime.Advance(TimeSpan.FromSeconds(9));

        await fenced.SetAsync("things", "one", 2);

        var fences = await provider.ExportAsync(CancellationToken.None).Where(static r => r.Key.Type == StateTypes.LockFence.Name).ToListAsync();
        fences.Should().ContainSingle().Which.Content.Expiry.Instant.Should().Be(StoreTime.GetUtcNow().AddDays(7));
    }

    [Test]
    public async Task FencedBy_ForTenantBehindIt_StaysFenced()
    {
        var host = Host(new InMemoryStateProvider(StoreTime), StoreTime);
        var lease = await host.Locks.AcquireAsync("lock");
        var fenced = host.FencedBy(lease).ForTenant("acme");
        await fenced.Store.SetAsync("things", "one", 1);
        await lease.ReleaseAsync();

        await FluentActions.Awaiting(() => fenced.Store.SetAsync("things", "one", 2)).Should().ThrowAsync<StateLockLostException>();
        await using var next = await fenced.Locks.AcquireAsync("lock");
        next.IsHeld.Should().BeTrue("locks themselves are not fenced");
    }

    [Test]
    public async Task FencedCommit_OfAProvider_KeepsTagContextAndWhatItsConflictSays()
    {
        var commits = new List<StateCommit>();
        var provider = new InterceptingProvider(new InMemoryStateProvider(StoreTime));
        var lease = (LockLease)await Host(provider, StoreTime).Locks.AcquireAsync("lock");
        var fenced = FencedStateProvider.Fence(lease.Storage, lease, TimeSpan.FromDays(7));
        provider.OnCommit = (commit, send) =>
        {
            commits.Add(commit);
            return send();
        };
        var (document, map) = (new StateKey(3, StateShape.Document, "test", "a"), new StateKey(3, StateShape.Map, "test", "a"));
        var put = new StateCommit(new PutDocument(document, default), new DeleteKey(map)) { Context = new() { Operation = "test" } };

        (await fenced.CommitAsync(put, CancellationToken.None)).Results.Should().Equal(default, default(OperationResult));
        var refused = await fenced.CommitAsync(new(new DeleteKey(document), new IncrementWithin(map, [new("n", new long[] { 4 })], [new(9, ["n"]), new(3, ["n"])])), CancellationToken.None);

        commits[0].Operations.Should().EndWith(put.Operations).And.HaveCountGreaterThan(2);
        (commits[0].ETag, commits[0].Context).Should().Be((put.ETag, put.Context));
        refused.Conflict.Should().Be(new CommitConflict(1, default) { Bound = 1, Available = 3 });
        await lease.DisposeAsync();
    }

    private static async Task<long> TokenAsync(IBluePlanState host)
    {
        await using var lease = await host.Locks.AcquireAsync("lock");
        return lease.FencingToken;
    }
}
