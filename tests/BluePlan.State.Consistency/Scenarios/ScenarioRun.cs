using System.Collections.Concurrent;
using System.Text.Json;

namespace BluePlan.State.Consistency;

/// <summary>
/// One run of a scenario: starts the clients, lets the scenario disturb them, reads everything once more in the end, and checks.
/// </summary>
internal sealed class ScenarioRun(Scenario scenario, ScenarioSettings settings, Action<string> log) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90), EndLimit = TimeSpan.FromSeconds(150);

    private readonly long _origin = MonotonicClock.Microseconds;
    private readonly ConcurrentQueue<Operation> _history = new();
    private readonly List<IDisposable> _owned = [];
    private readonly List<Interval> _windows = [], _disturbances = [], _vanished = [];
    private readonly List<Interval> _steps = [];
    private readonly List<Anomaly> _found = [];
    private StorePlace _place = null!;
    private long _end;
    private int _processes;

    public ScenarioSettings Settings { get; } = settings;

    /// <summary>A directory of the run.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("blueplan-consistency-").FullName;

    /// <summary>Of the scenario alone.</summary>
    public Random Random { get; } = new(settings.Seed);

    /// <summary>The clients that work.</summary>
    public List<ClientProcess> Clients { get; } = [];

    public long Now => MonotonicClock.Microseconds - _origin;

    /// <summary>Whether there is time for one more fault of a length.</summary>
    public bool HasTime(double seconds) => Now + (long)(seconds * 1e6) < _end;

    /// <summary>How many faults there were.</summary>
    public int Faults { get; private set; }

    /// <summary>Says that something is broken now.</summary>
    /// <returns>The time.</returns>
    public long Break(string text)
    {
        Faults++;
        Log(text);
        return Now;
    }

    public void Log(string text) => log($"{Now / 1e6,7:F1} s  {text}");

    /// <summary>Lets something end with the run.</summary>
    public T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>Waits.</summary>
    public static Task PauseAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds));

    /// <summary>Waits a random time.</summary>
    public Task PauseAsync(double least, double most) => PauseAsync(least + Random.NextDouble() * (most - least));

    /// <summary>Waits until the run is over.</summary>
    public Task RestAsync() => PauseAsync(Math.Max(0, (_end - Now) / 1e6));

    /// <summary>Notes that something was broken from an instant until now.</summary>
    public void NoteDisturbance(long begun, long? ended = null) => _disturbances.Add(new(begun, ended ?? Now));

    /// <summary>
    /// Notes a failover: from <paramref name="begun"/> until <paramref name="ended"/> what the documents call the last moments.
    /// </summary>
    public void NoteWindow(long begun, long ended)
    {
        _windows.Add(new(begun, ended));
        Log($"window {begun / 1e6:F1}–{ended / 1e6:F1} s");
    }

    /// <summary>Notes that a clock was set, between an instant and now.</summary>
    public void NoteStep(long begun) => _steps.Add(new(begun, Now));

    /// <summary>Notes that the place of the store was gone from an instant until now.</summary>
    public void NoteVanished(long begun) => _vanished.Add(new(begun, Now));

    /// <summary>Notes an anomaly that the scenario itself has seen.</summary>
    public void NoteAnomaly(string kind, string reason) => _found.Add(new(kind, ModelKind.Register, "-", reason, []));

    /// <summary>Waits until writes are acknowledged again.</summary>
    /// <returns>False when none was.</returns>
    public async Task<bool> RecoversAsync(TimeSpan limit)
    {
        var from = Now;
        while (Now - from < limit.TotalMicroseconds)
        {
            // The newest are at the end.
            if (_history.Reverse().Take(500).Any(operation => operation.IsAcknowledgedWrite && operation.Begun > from)) return true;
            await Task.Delay(50);
        }
        return false;
    }

    /// <summary>Starts one more client.</summary>
    public async Task<ClientProcess> StartClientAsync(StorePlace? place = null, int openMilliseconds = 60_000,
        params IReadOnlyList<string> wrapper)
    {
        var client = ClientProcess.Start(new() { Place = place ?? _place, Process = ++_processes, Origin = _origin, Seed = Settings.Seed,
            Workers = Settings.Workers, OpenMilliseconds = openMilliseconds }, _history, Log, wrapper);
        Clients.Add(client);
        _owned.Add(client);
        await client.Ready.WaitAsync(StartLimit);
        return client;
    }

    /// <summary>Kills a client and starts another in its place.</summary>
    public async Task<ClientProcess> ReplaceAsync(ClientProcess client)
    {
        await client.KillAsync();
        Clients.Remove(client);
        return await StartClientAsync();
    }

    /// <summary>Runs it.</summary>
    public async Task<ScenarioResult> RunAsync()
    {
        _place = await scenario.StartAsync(this);
        var clients = Math.Min(Settings.Processes, scenario.Processes);
        _end = long.MaxValue;
        // Those that start together open the store together.
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => StartClientAsync()));
        var begun = Now;
        _end = begun + Settings.Seconds * 1_000_000L;
        Log($"{clients} clients work");
        await scenario.DisturbAsync(this);
        await RestAsync();
        var ended = Now;
        foreach (var one in await Task.WhenAll(Clients.Select(async client =>
            (client, inTime: client.HasExited || await client.EndAsync(EndLimit)))))
        {
            if (!one.inTime) NoteAnomaly("stuck", $"Client {one.client.Id} did not end within {EndLimit.TotalSeconds} s.");
            else if (one.client.ExitCode != 0) NoteAnomaly("crash", $"Client {one.client.Id} ended with {one.client.ExitCode}.");
        }
        if (scenario.ReadsInTheEnd) await ReadAllAsync();
        return Check(begun, ended);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) owned.Dispose();
        // A server's last files may still be on their way.
        for (var attempt = 1; System.IO.Directory.Exists(Directory); attempt++)
        {
            try
            {
                System.IO.Directory.Delete(Directory, recursive: true);
            }
            catch (IOException) when (attempt < 10)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task ReadAllAsync()
    {
        var objects = Path.Combine(Directory, "objects.json");
        ObjectName[] names = [.. _history.Where(static operation => !operation.IsRead)
            .Select(static operation => new ObjectName(operation.Model, operation.Object)).Distinct()];
        await File.WriteAllTextAsync(objects, JsonSerializer.Serialize(names, HistoryJson.Default.ObjectNameArray));
        if (_place.Kind == StorePlace.Memory) return;
        Log($"a new client reads {names.Length} objects");
        // Nothing is broken any more; whatever a busy machine takes is fine.
        var patient = _place.Kind == StorePlace.Redis ? _place with { Address = _place.Address + ",asyncTimeout=30000,connectTimeout=30000" } : _place;
        using var reader = ClientProcess.Start(new() { Place = patient, Process = ++_processes, Origin = _origin, Seed = Settings.Seed,
            ReadObjects = objects }, _history, Log);
        await reader.Ended.WaitAsync(StartLimit + EndLimit);
        if (!await reader.Ready) NoteAnomaly("not open", "In the end the store cannot be opened.");
        await reader.EndAsync(EndLimit);
        foreach (var name in names.Except(_history.Where(static operation => operation.IsRead && operation.Outcome is Outcome.Ok)
            .Where(operation => operation.Begun > _end)
            .Select(static operation => new ObjectName(operation.Model, operation.Object))).Take(3))
            NoteAnomaly("not read", $"In the end {name.Model} {name.Name} cannot be read.");
    }

    private ScenarioResult Check(long begun, long ended)
    {
        Operation[] history = [.. _history.OrderBy(static operation => operation.Begun)];
        var promise = scenario.Promise(new()
        {
            Windows = _windows,
            Disturbances = _disturbances,
            ClockSteps = _steps,
            Vanished = _vanished,
            LosesAcknowledged = Settings.MinReplicas == 0,
        }, this);
        var clock = MonotonicClock.Microseconds;
        Anomaly[] anomalies = [.. _found, .. HistoryChecker.Check(history, promise)];
        Log($"{history.Length} operations checked in {(MonotonicClock.Microseconds - clock) / 1e6:F1} s: {anomalies.Length} anomalies");
        long[] writes = [begun, .. history.Where(operation => operation.IsAcknowledgedWrite && operation.Ended <= ended)
            .Select(static operation => operation.Ended).Order(), ended];
        var pause = writes.Zip(writes.Skip(1), static (first, second) => second - first).Max();
        return new(scenario.Name, Settings, history, anomalies, TimeSpan.FromMicroseconds(pause), Faults);
    }
}
