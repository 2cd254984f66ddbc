using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A directory that an earlier version wrote opens, reads as before, and goes on.</summary>
public sealed class GoldenDirectoryTests
{
    [Test]
    public async Task Version1_OpenedByThisVersion_ReadsAndGoesOn()
    {
        var golden = Path.Combine(TestContext.CurrentContext.TestDirectory, "Upgrades", "Golden", "version-1");
        var directory = Directory.CreateTempSubdirectory("blueplan-golden-");
        try
        {
            foreach (var file in Directory.GetFiles(golden)) File.Copy(file, Path.Combine(directory.FullName, Path.GetFileName(file)));
            var services = new ServiceCollection().AddSingleton<TimeProvider>(new FakeTimeProvider(GoldenContent.NextDay));
            services.AddBluePlanState(state => state.UseFile(directory.FullName).Configure(static options => options.History.MaximumMessages = 6));
            await using var provider = services.BuildServiceProvider();
            await GoldenContent.CheckAsync(provider.GetRequiredService<IBluePlanState>());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
