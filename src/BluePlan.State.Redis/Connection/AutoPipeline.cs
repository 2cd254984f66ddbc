using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>
/// Lets the commands of many callers leave together. The client writes to its socket as soon as a command comes; from many threads that is a system call for nearly each, which costs more than all
/// else together. Here the commands of those who come while others are on their way wait until the thread pool gets to them, a few microseconds, and are handed over one behind the other, so that one write takes many.
/// </summary>
/// <remarks>Commands of different callers may overtake each other. What a command is made of must be the command's own when it is handed over.</remarks>
internal sealed class AutoPipeline : IThreadPoolWorkItem
{
    /// <summary>How many calls may be on their way for the next one not to wait: for so few a write each costs less than waking a thread.</summary>
    private const int Few = 4;

    private readonly ConcurrentQueue<Action> _waiting = new();
    private int _calls;
    private int _scheduled;

    /// <summary>Sends a command now or together with others, and answers what it does.</summary>
    /// <param name="database">Where.</param>
    /// <param name="arguments">What the command is made of.</param>
    /// <param name="send">Hands it to the client.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TReply> SendAsync<TArguments, TReply>(IDatabase database, TArguments arguments, Func<IDatabase, TArguments, Task<TReply>> send)
    {
        var waits = Interlocked.Increment(ref _calls) > Few;
        try
        {
            await new Turn(waits ? this : null);
            // Whoever awaits the answer may do what they like then, also block; so never on the thread that hands over the commands of others.
            return await Sent(database, arguments, send).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    /// <summary>Hands over what waits.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            while (_waiting.TryDequeue(out var next)) next();
            Interlocked.Exchange(ref _scheduled, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.Exchange(ref _scheduled, 1) == 0);
    }

    /// <summary>What the client throws at once is an outcome of the command like others.</summary>
    private static Task<TReply> Sent<TArguments, TReply>(IDatabase database, TArguments arguments, Func<IDatabase, TArguments, Task<TReply>> send)
    {
        try
        {
            return send(database, arguments);
        }
        catch (Exception exception)
        {
            return Task.FromException<TReply>(exception);
        }
    }

    private void Wait(Action next)
    {
        _waiting.Enqueue(next);
        if (Interlocked.Exchange(ref _scheduled, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>What a call awaits before it hands over its command: its turn.</summary>
    /// <param name="pipeline">Where it waits; null = it goes on at once.</param>
    private readonly struct Turn(AutoPipeline? pipeline) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => pipeline is null;

        public Turn GetAwaiter() => this;

        public void GetResult() { }

        public void OnCompleted(Action continuation) => pipeline!.Wait(continuation);

        public void UnsafeOnCompleted(Action continuation) => pipeline!.Wait(continuation);
    }
}
