using System.Diagnostics;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>A waiter hears of a release at once, and nothing lets it sleep beside a free lock.</summary>
[TestFixture]
public sealed class LockWaitingTests
{
    private const int Load = 16;
    private const string Hasty = "asyncTimeout=5000,syncTimeout=5000,connectTimeout=5000";
    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    // More by an environment variable: the long form has 500.
    private static readonly int Rounds = 25 * (int.TryParse(Environment.GetEnvironmentVariable("BLUEPLAN_ROUNDS"), out var times) ? times : 1);

    [Test]
    public async Task TryAcquireAsync_OneWaiterGivesUpBeforeAnotherWaits_NobodySleepsBesideAFreeLock()
    {
        var address = (await TestServers.RedisAsync()).ConnectionString;
        await using var here = Store(address, "gives-up");
        await using var there = Store(address, "gives-up");
        var (locks, others) = (here.GetRequiredService<ILockManager>(), there.GetRequiredService<ILockManager>());
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, Load).Select(n => Task.Run(async () =>
        {
            var store = there.GetRequiredService<IBluePlanState>().Store;
            for (var i = 0; !end.IsCancellationRequested; i++) await store.SetAsync("load", $"{n} {i % 10}", i);
        })).ToArray();
        var waits = new List<TimeSpan>();

        for (var round = 0; round < Rounds; round++)
        {
            var holder = await others.AcquireAsync("lock", Patience);
            (await locks.TryAcquireAsync("lock", Impatience)).Should().BeNull("it is held");
            var waiting = locks.TryAcquireAsync("lock", Patience);
            await Task.Delay(5);
            var released = Stopwatch.GetTimestamp();
            await holder.ReleaseAsync();
            await using var lease = await waiting;
            waits.Add(Stopwatch.GetElapsedTime(released));
            lease.Should().NotBeNull("the lock is free (round {0})", round);
        }

        await end.CancelAsync();
        await Task.WhenAll(load);
        waits.Sort();
        await TestContext.Out.WriteLineAsync($"{Rounds} rounds: median {waits[Rounds / 2].TotalMilliseconds:F1} ms, longest {waits[^1].TotalMilliseconds:F0} ms, {waits.Count(static wait => wait > TimeSpan.FromSeconds(1))} beyond a second");
        waits[^1].Should().BeLessThan(TimeSpan.FromSeconds(1.5), "a release is heard, not found by looking from time to time");
    }

    [Test]
    public async Task AcquireAsync_SubscriptionsHangHalfOpen_WakesLongBeforeTheLeaseExpires([Values] bool whileItWaits)
    {
        using var server = await TestServers.StartRedisAsync();
        using var proxy = new HalfOpenProxy(server);
        await using var here = Store($"{proxy.Address},{Hasty}", "bp");
        await using var there = Store(server.ConnectionString, "bp");
        var holder = await there.GetRequiredService<ILockManager>().AcquireAsync("lock", Limit);
        var locks = here.GetRequiredService<ILockManager>();
        (await locks.TryAcquireAsync("lock")).Should().BeNull();

        if (!whileItWaits) proxy.SwallowSubscriptions();
        var waiting = locks.AcquireAsync("lock", Limit);
        if (whileItWaits)
        {
            await Poll.UntilAsync(async () => (await server.CallAsync("EVAL \"return #redis.call('PUBSUB','CHANNELS','*lock*')\" 0")) == "1", Limit, "it watches");
            proxy.SwallowSubscriptions();
        }
        // It has looked, and waits to be told.
        await Task.Delay(TimeSpan.FromSeconds(2));
        waiting.IsCompleted.Should().BeFalse("the lock is held");
        var released = Stopwatch.GetTimestamp();
        await holder.ReleaseAsync();

        await using var lease = await waiting;
        Stopwatch.GetElapsedTime(released).Should().BeLessThan(LeaseDuration / 3);
    }

    [Test]
    public async Task ConfigWatch_SubscriptionHangsHalfOpen_SeesAChangeSoon()
    {
        using var server = await TestServers.StartRedisAsync();
        using var proxy = new HalfOpenProxy(server);
        await using var here = Store($"{proxy.Address},{Hasty}", "bp");
        await using var there = Store(server.ConnectionString, "bp");
        var config = there.GetRequiredService<IConfigManager>();
        await config.SaveAsync("chat", 1);
        await using var watch = here.GetRequiredService<IConfigManager>().WatchAsync<int>("chat").GetAsyncEnumerator();
        (await watch.MoveNextAsync()).Should().BeTrue();

        proxy.SwallowSubscriptions();
        await config.SaveAsync("chat", 2);
        var saved = Stopwatch.GetTimestamp();

        (await watch.MoveNextAsync().AsTask().WaitAsync(Limit)).Should().BeTrue();
        watch.Current!.Value.Should().Be(2);
        Stopwatch.GetElapsedTime(saved).Should().BeLessThan(TimeSpan.FromSeconds(10), "a connection that does not answer is noticed");
    }

    private static ServiceProvider Store(string address, string prefix) => new ServiceCollection()
        .AddBluePlanState(state => state.UseRedis(address, redis => redis.KeyPrefix = prefix).Configure(options => options.Locks.LeaseDuration = LeaseDuration)).Services.BuildServiceProvider();
}
