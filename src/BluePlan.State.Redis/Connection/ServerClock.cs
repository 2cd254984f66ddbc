using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>What the server's clock shows, near enough to tell when something that was just slid expires without asking for it: this process's clock, moved by the difference that was measured last.</summary>
internal sealed class ServerClock(TimeProvider time)
{
    private long _difference;

    public DateTimeOffset Now => new(time.GetUtcNow().UtcTicks + Interlocked.Read(ref _difference), TimeSpan.Zero);

    /// <summary>Measures the difference, to half a round trip.</summary>
    public async Task MeasureAsync(IDatabaseAsync database)
    {
        var before = time.GetUtcNow().UtcTicks;
        var reply = (RedisValue[])(await database.ExecuteAsync("TIME", [], RedisConnection.OnPrimary).ConfigureAwait(false))!;
        var middle = (before + time.GetUtcNow().UtcTicks) / 2;
        var server = DateTime.UnixEpoch.Ticks + (long)reply[0] * TimeSpan.TicksPerSecond + (long)reply[1] * TimeSpan.TicksPerMicrosecond;
        Interlocked.Exchange(ref _difference, server - middle);
    }
}
