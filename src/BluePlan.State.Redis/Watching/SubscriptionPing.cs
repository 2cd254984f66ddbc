namespace BluePlan.State.Redis;

/// <summary>Finds out whether the connection that messages come on still answers. One that hangs half open looks as quiet as one on which nothing is published.</summary>
internal sealed class SubscriptionPing(RedisConnection connection)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private Task? _ping;
    private long _sent;

    /// <summary>Whether messages may be missed now: the last ping failed, or has had no answer for too long. Sends the next one when it is time. Not for two callers at once.</summary>
    public bool IsDeaf()
    {
        if (_ping is { IsCompleted: false }) return connection.Time.GetElapsedTime(_sent) > AnswerLimit;
        var failed = _ping?.Exception is not null;
        if (_ping is not null && !failed && connection.Time.GetElapsedTime(_sent) < Pause) return false;
        (_ping, _sent) = (SendAsync(), connection.Time.GetTimestamp());
        return failed;
    }

    private async Task SendAsync() => await connection.Multiplexer.GetSubscriber().PingAsync().ConfigureAwait(false);
}
