using BluePlan.State.Storage;
using BluePlan.State.Tests;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>A database that an earlier version wrote opens, reads as before, and goes on.</summary>
public sealed class GoldenDumpTests
{
    [Test]
    public async Task Version1_OpenedByThisVersion_ReadsAndGoesOn()
    {
        var directory = Directory.CreateTempSubdirectory("blueplan-golden-");
        try
        {
            File.Copy(Path.Combine(TestContext.CurrentContext.TestDirectory, "Upgrades", "Golden", "version-1.rdb"), Path.Combine(directory.FullName, "dump.rdb"));
            using var server = await TestServers.StartRedisAsync("--dir", directory.FullName);
            var services = new ServiceCollection();
            services.AddBluePlanState(state => state
                .UseProvider(_ => new NextDay(new RedisStateProvider(server.ConnectionString)))
                .Configure(static options => options.History.MaximumMessages = 6));
            await using var provider = services.BuildServiceProvider();
            await GoldenContent.CheckAsync(provider.GetRequiredService<IBluePlanState>());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Tells the managers the day after the content was written; the keys themselves expire in 2100.</summary>
    private sealed class NextDay(IStateProvider inner) : DelegatingStateProvider(inner)
    {
        public override ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(GoldenContent.NextDay);
    }
}
