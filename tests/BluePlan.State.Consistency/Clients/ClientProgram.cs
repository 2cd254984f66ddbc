using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.Consistency;

/// <summary>A client process: workers that use the store until the input ends, and write down what they do on the output.</summary>
internal static class ClientProgram
{
    /// <summary>The first argument of the program that makes it this one.</summary>
    public const string Command = "client";

    /// <summary>What it says when it works, and when the store cannot be opened.</summary>
    public const string Ready = "ready", NotOpen = "not open";

    /// <summary>How long the objects of one generation are written, in microseconds. It bounds how long each history gets.</summary>
    public const long Generation = 3_000_000;

    private const string Trimming = "trimming";

    private static readonly TimeSpan FinalLimit = TimeSpan.FromSeconds(90);

    public static async Task<int> RunAsync(ClientSettings settings)
    {
        ThreadPool.SetMinThreads(32, 32);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        var recorder = new Recorder(settings, output);
        var time = new SteppedTimeProvider();
        var collection = new ServiceCollection().AddSingleton<TimeProvider>(time);
        collection.AddBluePlanState(builder => settings.Place.Configure(builder, settings.LeaseMilliseconds));
        // Where several may use one store, a second one trims its conversations.
        var trims = settings.Place.Kind != StorePlace.File;
        if (trims) collection.AddBluePlanState(Trimming,
            builder => settings.Place.Configure(builder, settings.LeaseMilliseconds, InstructionsWorkload.MaximumMessages));
        await using var services = collection.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();
        if (!await OpenAsync(state, recorder, settings)) return 4;
        recorder.Say(Ready);
        var watches = new WatchWorkload(state, recorder);
        Workload[] workloads =
        [
            new RegisterWorkload(state, recorder), new ConfigWorkload(state, recorder), new HistoryWorkload(state, recorder),
            new KeysWorkload(state, recorder), new SessionsWorkload(state, recorder), new FieldsWorkload(state, recorder),
            new UsageWorkload(state, recorder), new LockWorkload(state, recorder), new ExpiryWorkload(state, recorder), watches,
            new EditsWorkload(state, recorder), new RotationWorkload(state, recorder),
            .. trims ? [new InstructionsWorkload(services.GetRequiredKeyedService<IBluePlanState>(Trimming), recorder)] : (Workload[])[],
        ];
        if (settings.ReadObjects is { } objects) return await ReadAsync(objects, workloads, recorder);

        using var stop = new CancellationTokenSource();
        var input = Task.Run(() => ListenAsync(time, stop), CancellationToken.None);
        var work = new List<Task>();
        for (var worker = 0; worker < settings.Workers; worker++)
        {
            var (first, random) = (worker, new Random(settings.Seed * 1000 + settings.Process * 100 + worker));
            work.Add(Task.Run(() => WorkAsync(workloads, recorder, first, random, stop.Token), CancellationToken.None));
        }
        var followed = Names(watches, 0).ToArray();
        foreach (var (name, n) in followed.SelectMany(static name => Enumerable.Range(0, 3).Select(n => (name, n))))
            work.Add(watches.FollowAsync(name, n == 0 ? null : 1500, new(settings.Seed + n), stop.Token));
        work.Add(MaintainAsync(state, recorder, stop.Token));
        await Task.WhenAll(work);
        await input;
        return 0;
    }

    private static async Task<bool> OpenAsync(IBluePlanState state, Recorder recorder, ClientSettings settings)
    {
        var begun = MonotonicClock.Microseconds;
        while (true)
        {
            try
            {
                await state.Store.ExistsAsync("open", "open");
                return true;
            }
            catch (Exception exception) when (exception is StateException or InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                // Another process may own the directory, or the server may be away.
                if (MonotonicClock.Microseconds - begun > settings.OpenMilliseconds * 1000L)
                {
                    recorder.Say($"{NotOpen} {exception.GetType().Name}: {exception.Message}");
                    return false;
                }
                await Task.Delay(50);
            }
        }
    }

    private static async Task WorkAsync(Workload[] workloads, Recorder recorder, int first, Random random, CancellationToken stop)
    {
        Workload[] choice = [.. workloads.SelectMany(static workload => Enumerable.Repeat(workload, workload.Weight))];
        for (var step = 0; !stop.IsCancellationRequested; step++)
        {
            // Each in turn, so that a short run has them all, then by chance.
            var workload = step < workloads.Length ? workloads[(first + step) % workloads.Length] : choice[random.Next(choice.Length)];
            var generation = recorder.Now / Generation;
            // What was written long ago is read again now and then: it must still be there.
            var looksBack = generation > 0 && random.Next(8) == 0;
            if (looksBack) generation = random.NextInt64(generation);
            string[] names = [.. Names(workload, generation)];
            var name = names[random.Next(names.Length)];
            var done = looksBack ? await workload.ReadAsync(name) : await workload.StepAsync(name, random);
            // Whoever is refused tries again a little later.
            var pause = done.Outcome is Outcome.Ok or Outcome.Refused ? random.Next(workload.Model is ModelKind.Watch ? 100 : 12) : 60;
            await Task.Delay(pause, CancellationToken.None);
        }
    }

    // Watched configs live as long as the run.
    private static IEnumerable<string> Names(Workload workload, long generation) => workload.Model is ModelKind.Watch ? ["w0", "w1"]
        : Enumerable.Range(0, workload.Objects).Select(n => $"{workload.Prefix}{generation}-{n}");

    private static async Task MaintainAsync(IBluePlanState state, Recorder recorder, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(2000, stop);
                await state.MaintainAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (StateException exception)
            {
                recorder.Say($"maintenance: {exception.GetType().Name}: {exception.Message}");
            }
        }
    }

    private static async Task ListenAsync(SteppedTimeProvider time, CancellationTokenSource stop)
    {
        // The end of the input is also the end of the process that started this one.
        while (await Console.In.ReadLineAsync(CancellationToken.None) is { } line)
            if (line.Split(' ') is ["clock", var seconds] && int.TryParse(seconds, out var shift)) time.Shift = TimeSpan.FromSeconds(shift);
        await stop.CancelAsync();
    }

    private static async Task<int> ReadAsync(string objects, Workload[] workloads, Recorder recorder)
    {
        var names = JsonSerializer.Deserialize(await File.ReadAllTextAsync(objects), HistoryJson.Default.ObjectNameArray)!;
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (one, _) =>
        {
            var workload = workloads.First(workload => one.Name.StartsWith(workload.Prefix, StringComparison.Ordinal));
            for (var begun = MonotonicClock.Microseconds; MonotonicClock.Microseconds - begun < FinalLimit.TotalMicroseconds;)
            {
                if ((await workload.ReadAsync(one.Name)).Outcome is Outcome.Ok) return;
                await Task.Delay(100, CancellationToken.None);
            }
        });
        return 0;
    }
}
