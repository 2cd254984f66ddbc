using System.Diagnostics;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>Config changes reach other processes soon, and none is missed for good.</summary>
[TestFixture]
public sealed class NotificationTests
{
    private const int Changes = 20;
    // After a failed attempt to connect the client waits half of that before the next one.
    private const string SoonAgain = "connectTimeout=10000";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(9);

    [Test]
    public async Task WatchAsync_ChangedByAnotherProcessOfACluster_ArrivesWithinASecond()
    {
        var cluster = await TestServers.ClusterAsync();
        await using var here = Store(cluster.ConnectionString, "notify");
        await using var there = Store(cluster.ConnectionString, "notify");
        var times = new List<TimeSpan>();
        // Each config set has a partition of its own, so that the changes come from every master.
        for (var n = 0; n < Changes; n++)
        {
            await using var watch = here.GetRequiredService<IBluePlanState>().ForTenant($"tenant-{n}").Config.WatchAsync<int>("chat").GetAsyncEnumerator();
            (await NextAsync(watch)).Should().BeNull();
            var begun = Stopwatch.GetTimestamp();
            await there.GetRequiredService<IBluePlanState>().ForTenant($"tenant-{n}").Config.SaveAsync("chat", n);
            (await NextAsync(watch))!.Value.Should().Be(n);
            times.Add(Stopwatch.GetElapsedTime(begun));
        }

        times.Sort();
        await TestContext.Out.WriteLineAsync($"median {times[Changes / 2].TotalMilliseconds:F1} ms, longest {times[^1].TotalMilliseconds:F1} ms");
        times[Changes / 2].Should().BeLessThan(TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task WatchAsync_MessageIsMissedWhileNobodyIsSubscribed_ChangeIsSeenAfterTheReconnect()
    {
        using var server = await TestServers.StartRedisAsync();
        // Time stands still once the watch has begun, so that only the reconnect signals.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await server.CallAsync("ACL SETUSER watcher on >s3cret ~* &* +@all");
        await using var here = Store($"{server.ConnectionString},user=watcher,password=s3cret,{SoonAgain}", "bp", time);
        await using var there = Store(server.ConnectionString, "bp");
        var config = there.GetRequiredService<IBluePlanState>().Config;
        await config.SaveAsync("chat", 0);
        await using var watch = here.GetRequiredService<IBluePlanState>().Config.WatchAsync<int>("chat").GetAsyncEnumerator();
        (await PassingAsync(NextAsync(watch), time))!.Value.Should().Be(0);

        for (var n = 1; n <= 3; n++)
        {
            // The server closes the connection of a subscriber who may no longer be one; the client's own channel stays.
            await server.CallAsync("ACL SETUSER watcher resetchannels &__Booksleeve_MasterChanged");
            await config.SaveAsync("chat", n);
            (await server.CallAsync("EVAL \"return #redis.call('PUBSUB','CHANNELS','*:d:config:*')\" 0")).Should().Be("0", "nobody was told of the change");
            var next = NextAsync(watch);
            await server.CallAsync("ACL SETUSER watcher allchannels");
            await server.CallAsync("CLIENT KILL TYPE pubsub");

            (await next)!.Value.Should().Be(n);
        }
    }

    [Test]
    public async Task WatchAsync_MessageIsLostUnnoticed_IsSignalledAfterAWhile()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var provider = new RedisStateProvider((await TestServers.RedisAsync()).ConnectionString, new() { KeyPrefix = "lost" }, time);
        await PassingAsync(OpenedAsync(), time);
        await using var watch = provider.WatchAsync(new(0, StateShape.Document, "test", "one"), default).GetAsyncEnumerator();
        (await watch.MoveNextAsync()).Should().BeTrue("a watch begins with a signal");
        // Reconnects signal as well.
        var next = watch.MoveNextAsync().AsTask();
        time.Advance(TimeSpan.FromSeconds(15));

        (await next.WaitAsync(Patience)).Should().BeTrue();

        async Task<bool> OpenedAsync()
        {
            await provider.OpenAsync(4, default);
            return true;
        }
    }

    [Test]
    public async Task FollowedOptions_RedisWasAwayForLong_SeeAChangeSoonAfterTheReconnect()
    {
        var server = await TestServers.StartRedisAsync();
        var port = server.Port;
        await using var here = new ServiceCollection().AddOptions<Limits>().FromBluePlanConfig("limits").Services
            .AddBluePlanState(state => state.UseRedis($"{server.Address},connectTimeout=2000")).Services.BuildServiceProvider();
        await using (var first = Store(server.ConnectionString, "bp")) await first.GetRequiredService<IBluePlanState>().Config.SaveAsync("limits", new Limits { Most = 1 });
        var limits = here.GetRequiredService<IOptionsMonitor<Limits>>();
        await Poll.UntilAsync(() => Task.FromResult(limits.CurrentValue.Most == 1), Patience);

        server.Dispose();
        // Long enough that each pause would be longer than what is allowed afterwards.
        await Task.Delay(Away);
        using var again = await TestServers.StartRedisAsync(port);
        await using var there = Store(again.ConnectionString, "bp");
        await there.GetRequiredService<IBluePlanState>().Config.SaveAsync("limits", new Limits { Most = 2 });
        await Poll.UntilAsync(async () => (await again.CallAsync("CLIENT LIST")).Split('\n').Count(static line => line.Contains("sub=1", StringComparison.Ordinal) || line.Contains("sub=2", StringComparison.Ordinal)) >= 2, Patience, "the follower's client reconnects");
        var reconnected = Stopwatch.GetTimestamp();

        await Poll.UntilAsync(() => Task.FromResult(limits.CurrentValue.Most == 2), Patience);
        await TestContext.Out.WriteLineAsync($"seen {Stopwatch.GetElapsedTime(reconnected).TotalMilliseconds:F0} ms after the reconnect");
        Stopwatch.GetElapsedTime(reconnected).Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    public sealed class Limits
    {
        public int Most { get; set; }
    }

    /// <summary>Lets a little time pass by a fake clock again and again until a call has ended: while the connection for subscriptions is not up yet, the store waits by its clock.</summary>
    private static async Task<T> PassingAsync<T>(Task<T> call, FakeTimeProvider time)
    {
        await Poll.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            return Task.FromResult(call.IsCompleted);
        }, Patience);
        return await call;
    }

    private static ServiceProvider Store(string address, string prefix, TimeProvider? time = null) =>
        new ServiceCollection().AddSingleton(time ?? TimeProvider.System).AddBluePlanState(state => state.UseRedis(address, redis => redis.KeyPrefix = prefix)).Services.BuildServiceProvider();

    private static async Task<ConfigEntry<int>?> NextAsync(IAsyncEnumerator<ConfigEntry<int>?> watch)
    {
        (await watch.MoveNextAsync().AsTask().WaitAsync(Patience)).Should().BeTrue();
        return watch.Current;
    }
}
