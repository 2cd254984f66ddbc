using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

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

    /// <summary>How often the others get a chance to come before those who came are sent: each is a system call that takes less than a microsecond when nobody else wants the processor.</summary>
    private const int MostChances = 20;

    // How many leave at once: a part of all that are on their way, or a few more. A server that gets all of them together answers them together, too: then it has nothing to do while
    // this process prepares the next ones, and the other way round.
    private const int Parts = 4;
    private const int LeastAtOnce = 8;

    private readonly ConcurrentQueue<Action> _waiting = new();
    private int _calls;
    private int _scheduled;

    /// <summary>Sends a command now or together with others, and answers what it does.</summary>
    /// <param name="primary">Where.</param>
    /// <param name="arguments">What the command is made of.</param>
    /// <param name="send">Hands it to the client.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TReply> SendAsync<TArguments, TReply>(PrimaryCommands primary, TArguments arguments, Func<PrimaryCommands, TArguments, Task<TReply>> send)
    {
        var waits = Interlocked.Increment(ref _calls) > Few;
        try
        {
            await new Turn(waits ? this : null);
            // Whoever awaits the answer may do what they like then, also block; so never on the thread that hands over the commands of others.
            return await Sent(primary, arguments, send).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
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
            var most = Math.Max(LeastAtOnce, _calls / Parts);
            AwaitOthers(most);
            while (most-- > 0 && _waiting.TryDequeue(out var next)) next();
            if (!_waiting.IsEmpty)
            {
                // Behind what the client does now: it writes what it was handed.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
            Interlocked.Exchange(ref _scheduled, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.Exchange(ref _scheduled, 1) == 0);
    }

    /// <summary>What the client throws at once is an outcome of the command like others.</summary>
    private static Task<TReply> Sent<TArguments, TReply>(PrimaryCommands primary, TArguments arguments, Func<PrimaryCommands, TArguments, Task<TReply>> send)
    {
        try
        {
            return send(primary, arguments);
        }
        catch (Exception exception)
        {
            return Task.FromException<TReply>(exception);
        }
    }

    /// <summary>Answers come many at once, and so do the next commands of those who had them: whoever is first would leave alone. So it waits while more come each time the others had the processor.</summary>
    private void AwaitOthers(int most)
    {
        for (int before = 0, chances = 0; _waiting.Count is var now && now > before && now < most && chances < MostChances; before = now, chances++) Thread.Yield();
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
