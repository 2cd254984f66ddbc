using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class UseRedisTests
{
    [TestCase("")]
    [TestCase(" ")]
    [TestCase(",")]
    [TestCase("localhost:notaport")]
    [TestCase("redis://localhost:6379")]
    [TestCase("localhost:6379,nosuchsetting=1")]
    public void UseRedis_UnreadableConnectionString_IsRefusedAtOnce(string connectionString) =>
        FluentActions.Invoking(() => new ServiceCollection().AddBluePlanState(state => state.UseRedis(connectionString))).Should().Throw<ArgumentException>();

    [Test]
    public void UseRedis_ConfigurationWithoutServer_IsRefusedAtOnce() =>
        FluentActions.Invoking(() => new ServiceCollection().AddBluePlanState(static state => state.UseRedis(new ConfigurationOptions()))).Should().Throw<ArgumentException>();

    [Test]
    public async Task UseRedis_WrongPrefix_IsRefusedNamingTheSetting()
    {
        await using var services = new ServiceCollection().AddBluePlanState(static state => state.UseRedis("localhost:1", static redis => redis.KeyPrefix = "{a}")).Services.BuildServiceProvider();

        await FluentActions.Invoking(() => services.GetRequiredService<IBluePlanState>().Store.ExistsAsync("a", "b")).Should().ThrowAsync<OptionsValidationException>().WithMessage("*KeyPrefix*{a}*");
    }

    [Test]
    public async Task UseRedis_HostsConnection_OutlivesTheContainer()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await using (var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis(_ => connection)).Services.BuildServiceProvider())
            await services.GetRequiredService<IBluePlanState>().Store.SetAsync("drafts", "one", 1);

        (await connection.GetDatabase().PingAsync()).Should().BePositive("the connection is the host's");
    }

    [Test]
    public async Task UseRedis_OwnConnection_IsClosedWithTheContainer()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var observer = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},allowAdmin=true,name=observer");
        await using (var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis($"{server.ConnectionString},name=store")).Services.BuildServiceProvider())
        {
            await services.GetRequiredService<IBluePlanState>().Store.SetAsync("drafts", "one", 1);
            (await ConnectionsAsync()).Should().BePositive();
        }

        await Poll.UntilAsync(async () => await ConnectionsAsync() == 0, TimeSpan.FromSeconds(30), "its connections are closed");

        async Task<int> ConnectionsAsync() => (await observer.GetServers()[0].ClientListAsync()).Count(static client => client.Name == "store");
    }
}
