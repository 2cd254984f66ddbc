using System.Diagnostics;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>
/// What the server's clock shows, near enough to date what is written and to tell when something that was just slid
/// expires, without asking for it: the time that the server told last, and what has passed since.
/// </summary>
/// <remarks>
/// What has passed is measured by a clock that nobody sets, so a step of this process's clock moves nothing. A step of
/// the server's is noticed within <see cref="Freshness"/>, or with a reconnect.
/// </remarks>
internal sealed class ServerClock(RedisConnection connection)
{
    // A first command waits for much that later ones do not; the answer is known to half of what it took.
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(2);
    private const int MostAsked = 3;

    /// <summary>How old the server's answer may be before it is asked again, in the background.</summary>
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private volatile Reading _last = new(TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
    private int _isAsking;

    public DateTimeOffset Now
    {
        get
        {
            var (told, at) = _last;
            var passed = Stopwatch.GetElapsedTime(at);
            if (passed > Freshness && Interlocked.Exchange(ref _isAsking, 1) == 0) _ = RefreshAsync();
            return told + passed;
        }
    }

    /// <summary>Asks the server, and again when the answer took long.</summary>
    public async Task MeasureAsync()
    {
        var best = await AskAsync().ConfigureAwait(false);
        for (var asked = 1; asked < MostAsked && best.Took > Quick; asked++)
            if (await AskAsync().ConfigureAwait(false) is var again && again.Took < best.Took) best = again;
        _last = best.Reading;
    }

    private async Task<(Reading Reading, TimeSpan Took)> AskAsync()
    {
        var sent = Stopwatch.GetTimestamp();
        var reply = (RedisValue[])(await connection.Commands.ExecuteAsync("TIME").ConfigureAwait(false))!;
        var took = Stopwatch.GetElapsedTime(sent);
        var told = new DateTimeOffset(DateTime.UnixEpoch.Ticks + (long)reply[0] * TimeSpan.TicksPerSecond + (long)reply[1] * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
        return (new(told + took / 2, Stopwatch.GetTimestamp()), took);
    }

    private async Task RefreshAsync()
    {
        try
        {
            await MeasureAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception) || exception is ObjectDisposedException)
        {
            // The last answer stands. It is asked for again with the next reconnect, and by the next call that wants the time.
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
        }
    }

    /// <summary>What the server told, and when by the clock that nobody sets.</summary>
    private sealed record Reading(DateTimeOffset Told, long At);
}
