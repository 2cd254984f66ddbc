using System.Diagnostics;
using System.Globalization;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>
/// What a process of its own runs, in which callers block every thread that its pool may have, until a store that has failed
/// is opened anew. It is here and not in that program because only the tests see what makes a store fail.
/// </summary>
internal static class StarvedReopening
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Lets callers block, and says how many milliseconds all of them took from when the store could be opened.</summary>
    public static async Task RunAsync(string directory)
    {
        var callers = Math.Max(16, Environment.ProcessorCount);
        ThreadPool.SetMinThreads(callers, callers);
        ThreadPool.SetMaxThreads(callers, callers);
        using var opening = new ManualResetEventSlim(true);
        var timers = new ManualTimers();
        var provider = new FileStateProvider(new() { Directory = directory }, timers, null, new HeldOpening(opening));
        await provider.OpenAsync(1, CancellationToken.None);
        opening.Reset();
        // On a thread of its own, so that all those of the pool are for callers.
        var thread = new Thread(() => Run(provider, callers, timers, opening));
        thread.Start();
        thread.Join();
    }

    private static void Run(FileStateProvider provider, int callers, ManualTimers timers, ManualResetEventSlim opening)
    {
        using CountdownEvent begun = new(callers), waiting = new(callers), acknowledged = new(callers), done = new(callers);
        using var go = new ManualResetEventSlim();
        for (var i = 0; i < callers; i++)
        {
            var caller = i;
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                begun.Signal();
                go.Wait();
                var commit = CommitAsync(provider, caller, acknowledged);
                waiting.Signal();
                commit.Wait();
                done.Signal();
            }, null);
        }
        begun.Wait();
        // What the store does once a second is queued to the pool, and waits there.
        timers.Fire();
        provider.Store.Journal.Fail(new IOException("Input/output error"));
        go.Set();
        waiting.Wait();
        var started = Stopwatch.GetTimestamp();
        opening.Set();
        done.Wait(Patience);
        Console.WriteLine(((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    // What goes on after a commit may block too.
    private static async Task CommitAsync(FileStateProvider provider, int caller, CountdownEvent acknowledged)
    {
        await provider.CommitAsync(Put(caller), CancellationToken.None).ConfigureAwait(false);
        acknowledged.Signal();
        acknowledged.Wait();
    }

    private static StateCommit Put(int caller) => new(new PutDocument(new(0, StateShape.Document, "starved", string.Create(CultureInfo.InvariantCulture, $"caller {caller}")), new byte[8]));

    /// <summary>Opens directories only while it may.</summary>
    private sealed class HeldOpening(ManualResetEventSlim may) : IFileSystem
    {
        public IStoreFolder? OpenDirectory(string path, bool create, bool isPrivate)
        {
            may.Wait();
            return LocalFileSystem.OpenDirectory(path, create, isPrivate);
        }

        public long FreeBytes(string directory) => LocalFileSystem.Instance.FreeBytes(directory);

        public string? NetworkKind(string directory) => LocalFileSystem.Instance.NetworkKind(directory);
    }

    /// <summary>The system's clock with timers that fire when they are told to.</summary>
    private sealed class ManualTimers : TimeProvider
    {
        private readonly List<Action> _callbacks = [];

        public void Fire() => _callbacks.ForEach(static callback => callback());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_callbacks) _callbacks.Add(() => callback(state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
