using BluePlan.State.KillTarget;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class KilledHolderTests
{
    [Test]
    public async Task Kill_HolderInAnotherProcess_FreesTheLockByItsExpiryOnly()
    {
        var place = $"{(await TestServers.RedisAsync()).ConnectionString} killed-holder";
        using var holder = await LockHolderProcess.StartAsync(place);
        await using var services = new ServiceCollection().AddBluePlanState(builder => LockHolder.Configure(builder, place)).Services.BuildServiceProvider();
        var locks = services.GetRequiredService<ILockManager>();
        (await locks.TryAcquireAsync(LockHolder.Name, LockHolder.LeaseDuration * 1.5)).Should().BeNull("it renews its lease");

        await holder.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();
        await using var lease = await locks.AcquireAsync(LockHolder.Name, TimeSpan.FromSeconds(60));

        lease.FencingToken.Should().BeGreaterThan(holder.FencingToken);
        await TestContext.Out.WriteLineAsync($"The lock was free {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:N1} s after its holder was killed; its leases last {LockHolder.LeaseDuration.TotalSeconds:N1} s.");
    }
}
