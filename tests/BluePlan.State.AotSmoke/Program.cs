using BluePlan.State.AotSmoke;
using Microsoft.Extensions.DependencyInjection;

// A native app without reflection that uses every manager: on files, and on a Redis server when one is installed. Prints the counts as a test run does.
int succeeded = 0, failed = 0, skipped = 0;
var work = Directory.CreateTempSubdirectory("bluestate-aot-").FullName;
try
{
    await RunAsync("file", builder => builder.UseFile(Path.Combine(work, "data")));

    using var redis = RedisProcess.TryStart(work);
    if (redis is not null)
    {
        await RunAsync("redis", builder => builder.UseRedis(redis.ConnectionString));
    }
    else if (Environment.GetEnvironmentVariable("CI") == "true")
    {
        Console.WriteLine("failed redis: redis-server is not installed.");
        failed++;
    }
    else
    {
        Console.WriteLine("skipped redis: redis-server is not installed.");
        skipped++;
    }
}
finally
{
    Directory.Delete(work, recursive: true);
}

Console.WriteLine($"""
    Smoke run summary:
      total: {succeeded + failed + skipped}
      failed: {failed}
      succeeded: {succeeded}
      skipped: {skipped}
    """);
return failed == 0 ? 0 : 1;

async Task RunAsync(string name, Action<BluePlan.State.BluePlanStateBuilder> use)
{
    try
    {
        var services = new ServiceCollection();
        services.AddBluePlanState(builder =>
        {
            use(builder);
            builder.UseJson(SmokeJson.Default).UseBackups(Path.Combine(work, "backups-" + name));
        });
        await using var built = services.BuildServiceProvider();
        await Smoke.RunAsync(built.GetRequiredService<BluePlan.State.IBluePlanState>());
        Console.WriteLine($"passed {name}");
        succeeded++;
    }
    catch (Exception exception)
    {
        Console.WriteLine($"failed {name}: {exception}");
        failed++;
    }
}
