using System.Diagnostics;

namespace BluePlan.State.Benchmarks;

/// <summary>Runs contestants against each other: each warmed up, then round by round A B C, A B C, so that what disturbs the machine meets all of them.</summary>
/// <param name="name">What is raced for.</param>
/// <param name="server">The server they use; null = none.</param>
/// <param name="contestants">Who runs.</param>
internal sealed class Race(string name, IServerTime? server, params IReadOnlyList<IContestant> contestants)
{
    /// <summary>Opens, runs with each number of callers, and disposes the contestants.</summary>
    public async Task<RaceResult> RunAsync(Pace pace, params IReadOnlyList<int> callers)
    {
        var figures = new List<Figures>();
        try
        {
            foreach (var contestant in contestants) await contestant.OpenAsync();
            foreach (var count in callers) figures.AddRange(await RunAsync(pace, count));
        }
        finally
        {
            foreach (var contestant in contestants) await contestant.DisposeAsync();
        }
        return new(name, [.. contestants.Select(static c => new Setup(c.Name, c.Configuration))], figures);
    }

    private async Task<IEnumerable<Figures>> RunAsync(Pace pace, int callers)
    {
        var lanes = contestants.Select(c => Enumerable.Range(0, callers).Select(i => new Caller(c, i, callers)).ToArray()).ToArray();
        for (var i = 0; i < lanes.Length; i++) await RunAsync(contestants[i], lanes[i], pace.WarmUp, notes: false);
        var rounds = lanes.Select(static _ => new List<Round>()).ToArray();
        for (var round = 0; round < pace.Rounds; round++)
            for (var i = 0; i < lanes.Length; i++) rounds[i].Add(await CountingAsync(pace, contestants[i], lanes[i]));
        return contestants.Select((c, i) => Figures.Of(c, callers, rounds[i], lanes[i])).ToArray();
    }

    private async Task<Round> CountingAsync(Pace pace, IContestant contestant, Caller[] callers)
    {
        while (true)
        {
            var round = await RunAsync(contestant, callers, pace.Round, notes: true);
            if (!pace.Repeats.Wants(round)) return round;
        }
    }

    private async Task<Round> RunAsync(IContestant contestant, Caller[] callers, TimeSpan time, bool notes)
    {
        // What the one before left behind is not this one's to clear away.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var serverTime = server is null ? default : await server.ProcessorTimeAsync();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processTime = Environment.CpuUsage.TotalTime;
        var stolen = StolenTime.Total();
        var begun = Stopwatch.GetTimestamp();
        var until = begun + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var calls = await Task.WhenAll(callers.Select(caller => contestant.Blocks
            ? Task.Factory.StartNew(() => caller.RunAsync(until, notes).GetAwaiter().GetResult(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.Run(() => caller.RunAsync(until, notes))));
        var elapsed = Stopwatch.GetElapsedTime(begun);
        stolen = StolenTime.Total() - stolen;
        processTime = Environment.CpuUsage.TotalTime - processTime;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new(calls.Sum() * contestant.OperationsPerCall, elapsed, allocated, processTime, server is null ? null : await server.ProcessorTimeAsync() - serverTime, stolen);
    }
}
