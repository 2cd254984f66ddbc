using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.Consistency;

/// <summary>Where the store lies.</summary>
/// <param name="Kind">memory, file, redis, or faulty, which is memory with a fault.</param>
/// <param name="Address">A directory or a connection string.</param>
/// <param name="MinReplicas">How many replicas must confirm a commit.</param>
internal sealed record StorePlace(string Kind, string Address = "", int MinReplicas = 0)
{
    public const string Memory = "memory", File = "file", Redis = "redis", Faulty = "faulty";

    public void Configure(BluePlanStateBuilder builder, int leaseMilliseconds, int? maximumMessages = null)
    {
        builder.Configure(options =>
        {
            options.Locks.LeaseDuration = TimeSpan.FromMilliseconds(leaseMilliseconds);
            options.History.MaximumMessages = maximumMessages;
            // Clocks that are a day off let no session expire.
            options.Sessions.Timeout = TimeSpan.FromDays(30);
        });
        // Checkpoints come often, so that faults meet them.
        if (Kind == File) builder.UseFile(Address, static options => options.CheckpointBytes = 1 << 20);
        else if (Kind == Redis) builder.UseRedis(Address, options => options.MinReplicas = MinReplicas);
        else builder.UseInMemory();
        if (Kind == Faulty) builder.Decorate(static (_, provider) => new RepeatingProvider(provider));
    }
}
