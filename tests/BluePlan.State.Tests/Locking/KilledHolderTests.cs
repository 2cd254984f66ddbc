using BluePlan.State.KillTarget;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class KilledHolderTests
{
    [Test]
    public async Task Kill_HolderOnFiles_LeavesTheLockUntilItsExpiry()
    {
        var directory = Directory.CreateTempSubdirectory("blueplan-lock-").FullName;
        try
        {
            using var holder = await LockHolderProcess.StartAsync(directory);
            await holder.KillAsync();
            await using var services = new ServiceCollection().AddBluePlanState(builder => LockHolder.Configure(builder, directory)).Services.BuildServiceProvider();

            await using var lease = await services.GetRequiredService<ILockManager>().AcquireAsync(LockHolder.Name, TimeSpan.FromSeconds(60));

            lease.FencingToken.Should().BeGreaterThan(holder.FencingToken, "the tokens outlive the process");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
