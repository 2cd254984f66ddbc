using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.KillTarget;

/// <summary>A process whose thread pool is starved: callers block its threads until what they ask of a store is done.</summary>
public static class StarvedCallers
{
    /// <summary>The first argument of the program that makes it this one.</summary>
    public const string Command = "starve";

    private const int PoolThreads = 2;

    /// <summary>Lets so many callers block at once, and says how many milliseconds all of them took.</summary>
    /// <param name="place">A directory, or an address of Redis with a key prefix behind a space.</param>
    /// <param name="callers">How many.</param>
    public static async Task RunAsync(string place, int callers)
    {
        ThreadPool.SetMinThreads(PoolThreads, PoolThreads);
        await using var services = new ServiceCollection().AddBluePlanState(builder => LockHolder.Configure(builder, place)).Services.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();
        var done = new CountdownEvent(callers);
        var started = Stopwatch.GetTimestamp();
        var thread = new Thread(() =>
        {
            for (var i = 0; i < callers; i++)
            {
                var caller = i;
                ThreadPool.UnsafeQueueUserWorkItem(_ =>
                {
                    Block(state, caller);
                    done.Signal();
                }, null);
            }
        });
        thread.Start();
        thread.Join();
        done.Wait();
        Console.WriteLine(((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    private static void Block(IBluePlanState state, int caller)
    {
        var user = string.Create(CultureInfo.InvariantCulture, $"user {caller}");
        state.Store.SetAsync("starved", user, caller).Wait();
        // What goes on after a commit may block too.
        ContinueAsync(state, user).Wait();
    }

    private static async Task ContinueAsync(IBluePlanState state, string user)
    {
        await state.Sessions.CreateAsync(user, 1).ConfigureAwait(false);
        // All of them wait for their turn at one key.
        state.Store.UpdateAsync<int>("starved", "all", static count => count + 1).Wait();
        state.Store.SetAsync("starved", user, 2).Wait();
    }
}
