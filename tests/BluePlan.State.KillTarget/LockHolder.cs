using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.KillTarget;

/// <summary>A process that holds a lock, renewing it, until it is killed.</summary>
public static class LockHolder
{
    /// <summary>The first argument of the program that makes it this one.</summary>
    public const string Command = "lock";

    /// <summary>The lock.</summary>
    public const string Name = "held by a process";

    /// <summary>How long its leases last: longer than a busy machine stands still.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);

    /// <summary>Takes the lock, says its token, and keeps it.</summary>
    /// <param name="place">A directory, or an address of Redis with a key prefix behind a space.</param>
    public static async Task RunAsync(string place)
    {
        await using var services = new ServiceCollection().AddBluePlanState(builder => Configure(builder, place)).Services.BuildServiceProvider();
        var lease = await services.GetRequiredService<ILockManager>().AcquireAsync(Name);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"held {lease.FencingToken}"));
        await Task.Delay(Timeout.InfiniteTimeSpan, lease.Lost);
    }

    /// <summary>Puts a host on the same store.</summary>
    public static void Configure(BluePlanStateBuilder builder, string place)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(place);
        builder.Configure(static options => options.Locks.LeaseDuration = LeaseDuration);
        if (place.Split(' ') is [var address, var prefix]) builder.UseRedis(address, options => options.KeyPrefix = prefix);
        else builder.UseFile(place);
    }
}
