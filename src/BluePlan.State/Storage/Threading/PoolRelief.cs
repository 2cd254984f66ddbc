using System.Collections.Concurrent;
using System.Diagnostics;

namespace BluePlan.State.Storage;

/// <summary>
/// Lets work go on while the thread pool is starved: callers that block its threads until the work is done would
/// otherwise wait for threads that the pool adds at a rate of a few a second.
/// </summary>
/// <remarks>
/// Work goes to the pool. A guard looks every 10 ms whether the pool has begun what it was given. If not, threads of
/// this class run that, and all work that follows, until the pool has begun probes in time for a while. Work may run code
/// of the app, which may block in turn: then another thread is added. The guard sleeps while there is no work.
/// </remarks>
internal static class PoolRelief
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan KeepThread = TimeSpan.FromSeconds(2);
    private const int IdleMoments = 100;
    private const int SoundMoments = 20;

    private static readonly Lock Gate = new();
    private static readonly Queue<WatchedWork> Watched = new(); // Under the gate, like the number of looks.
    private static readonly BlockingCollection<ReliefWork> Relieved = [];
    private static readonly ManualResetEventSlim Wake = new();
    private static readonly ManualResetEvent Pause = new(false); // Never set.
    private static readonly PoolProbe Probe = new();
    private static long _looks;
    private static int _guard; // 0 = not started, 1 = asleep, 2 = awake
    private static int _threads;
    private static int _begun;
    private static volatile bool _starved;

    /// <summary>Whether the pool was last seen not to begin work in time.</summary>
    public static bool IsStarved => _starved;

    /// <summary>Queues work behind all that was queued before.</summary>
    public static void Queue(ReliefWork work)
    {
        var turn = work.BeginWaiting();
        if (_starved) Relieved.Add(work);
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
            lock (Gate) Watch(work, turn);
        }
        WakeGuard();
    }

    /// <summary>Queues several pieces of work, in their order.</summary>
    public static void Queue(IReadOnlyList<ReliefWork> work)
    {
        if (work.Count == 0) return;
        if (_starved)
        {
            for (var i = 0; i < work.Count; i++)
            {
                work[i].BeginWaiting();
                Relieved.Add(work[i]);
            }
        }
        else
        {
            Span<int> turns = work.Count <= 64 ? stackalloc int[64] : new int[work.Count];
            for (var i = 0; i < work.Count; i++)
            {
                turns[i] = work[i].BeginWaiting();
                ThreadPool.UnsafeQueueUserWorkItem(work[i], preferLocal: false);
            }
            lock (Gate)
                for (var i = 0; i < work.Count; i++) Watch(work[i], turns[i]);
        }
        WakeGuard();
    }

    private static void Watch(ReliefWork work, int turn)
    {
        // What has begun is let go at once: else the collector would take it for something that lives long.
        while (Watched.TryPeek(out var oldest) && oldest.HasBegun) Watched.Dequeue();
        Watched.Enqueue(new(work, turn, _looks));
    }

    private static void WakeGuard()
    {
        if (Volatile.Read(ref _guard) == 2) return;
        var before = Interlocked.Exchange(ref _guard, 2);
        if (before == 0) StartThread(Guard);
        else if (before == 1) Wake.Set();
    }

    private static void Guard()
    {
        var clock = Stopwatch.StartNew();
        int idle = 0, begun = 0, sound = 0;
        while (true)
        {
            clock.Restart();
            Pause.WaitOne(Moment);
            // A pause of the whole process, such as a garbage collection, says nothing about the pool.
            var isWatching = RelieveLate(mayRelieve: clock.Elapsed < Moment * 2);
            if (_starved || Relieved.Count > 0)
            {
                idle = 0;
                if (_starved) sound = Probe.CameInTime(Moment) ? sound + 1 : 0;
                // One that is sound for a moment only is starved again by the next work, which would wait each time.
                if (sound >= SoundMoments) (_starved, sound) = (false, 0);
                else if (sound > 0) Probe.Send();
                if (Relieved.Count > 0 && begun == Volatile.Read(ref _begun)) AddThread();
                begun = Volatile.Read(ref _begun);
            }
            else if (isWatching)
            {
                idle = 0;
            }
            else if (++idle > IdleMoments)
            {
                idle = 0;
                SleepUntilNeeded();
            }
        }
    }

    private static void SleepUntilNeeded()
    {
        Wake.Reset();
        Interlocked.Exchange(ref _guard, 1);
        if (!IsNeeded()) Wake.Wait();
        Volatile.Write(ref _guard, 2);
    }

    private static bool IsNeeded()
    {
        lock (Gate) return Watched.Count > 0 || Relieved.Count > 0;
    }

    /// <summary>Takes over what was watched at the last look already and has not begun. Answers whether anything is left to be watched.</summary>
    private static bool RelieveLate(bool mayRelieve)
    {
        lock (Gate)
        {
            while (Watched.TryPeek(out var oldest) && (oldest.HasBegun || mayRelieve && oldest.Look < _looks))
            {
                Watched.Dequeue();
                if (!oldest.HasBegun) Relieve(oldest.Work);
            }
            _looks++;
            return Watched.Count > 0;
        }
    }

    private static void Relieve(ReliefWork work)
    {
        if (!_starved)
        {
            Probe.Send();
            _starved = true;
        }
        Relieved.Add(work);
        if (Volatile.Read(ref _threads) == 0) AddThread();
    }

    private static void AddThread()
    {
        Interlocked.Increment(ref _threads);
        StartThread(RunRelieved);
    }

    private static void RunRelieved()
    {
        while (Relieved.TryTake(out var work, KeepThread))
        {
            Interlocked.Increment(ref _begun);
            work.RunOnce();
        }
        Interlocked.Decrement(ref _threads);
    }

    /// <summary>Work that was given to the pool.</summary>
    /// <param name="Work">The work.</param>
    /// <param name="Turn">The turn that it waits for.</param>
    /// <param name="Look">How often the guard had looked.</param>
    private readonly record struct WatchedWork(ReliefWork Work, int Turn, long Look)
    {
        public bool HasBegun => !Work.WaitsFor(Turn);
    }

    private static void StartThread(ThreadStart run) => new Thread(run) { IsBackground = true, Name = "BluePlan.State relief" }.UnsafeStart();
}
