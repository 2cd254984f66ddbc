using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Begins and ends subscriptions, those to one channel strictly one after the other.</summary>
/// <remarks>
/// The client counts the handlers of a channel. If the last one is removed while another is added, its UNSUBSCRIBE may reach the server after the other's SUBSCRIBE, or its reply may
/// clear what the client knows of it. The new handler is then deaf for as long as it lives.
/// </remarks>
internal sealed class ChannelSubscriptions(RedisConnection connection)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<RedisChannel, Turn> _turns = [];

    /// <summary>Subscribes to a channel. The connection for that is another one, and may come up a moment after the first.</summary>
    /// <remarks>A caller that stops waiting ends the subscription as if it stood: what was sent takes its course, and its end comes after it.</remarks>
    public Task SubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler, CancellationToken cancellationToken)
    {
        var turn = Enter(channel);
        return InTurnAsync(channel, turn, turn.Gate.WaitAsync(CancellationToken.None), () => BeginAsync(channel, handler)).WaitAsync(cancellationToken);
    }

    /// <summary>Ends a subscription. The caller does not wait for the server; the next subscription to the channel does.</summary>
    public void Unsubscribe(RedisChannel channel, Action<RedisChannel, RedisValue> handler)
    {
        // The place in line is taken at once, so that a later subscription comes later.
        var turn = Enter(channel);
        _ = InTurnAsync(channel, turn, turn.Gate.WaitAsync(), () => EndAsync(channel, handler));
    }

    private async Task InTurnAsync(RedisChannel channel, Turn turn, Task entered, Func<Task> act)
    {
        await entered.ConfigureAwait(false);
        try
        {
            await act().ConfigureAwait(false);
        }
        finally
        {
            turn.Gate.Release();
            Leave(channel, turn);
        }
    }

    private async Task BeginAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler)
    {
        for (var begun = connection.Time.GetTimestamp(); ; await Task.Delay(Pause, connection.Time).ConfigureAwait(false))
        {
            try
            {
                await connection.Multiplexer.GetSubscriber().SubscribeAsync(channel, handler).ConfigureAwait(false);
                return;
            }
            catch (RedisConnectionException exception) when (IsComingUp(exception) && connection.Time.GetElapsedTime(begun).TotalMilliseconds < connection.Multiplexer.TimeoutMilliseconds)
            {
                // The client keeps the handler of a subscription that failed.
                await EndAsync(channel, handler).ConfigureAwait(false);
            }
        }
    }

    // The client has removed the handler also when the server cannot be told: a connection that broke has no subscriptions.
    private async Task EndAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler) =>
        await connection.Multiplexer.GetSubscriber().UnsubscribeAsync(channel, handler).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private bool IsComingUp(RedisConnectionException exception) => exception.CommandStatus is CommandStatus.WaitingToBeSent && connection.Multiplexer.IsConnected;

    private Turn Enter(RedisChannel channel)
    {
        lock (_turns)
        {
            if (!_turns.TryGetValue(channel, out var turn)) _turns.Add(channel, turn = new());
            turn.Users++;
            return turn;
        }
    }

    private void Leave(RedisChannel channel, Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users > 0) return;
            _turns.Remove(channel);
        }
        turn.Gate.Dispose();
    }

    private sealed class Turn
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public int Users { get; set; }
    }
}
