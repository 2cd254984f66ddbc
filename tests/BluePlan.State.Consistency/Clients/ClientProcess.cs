using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace BluePlan.State.Consistency;

/// <summary>A client process that this one has started. It ends when its input ends, and so with this process.</summary>
internal sealed class ClientProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<long, Operation> _open = new();
    private readonly ConcurrentQueue<Operation> _history;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private readonly Action<string> _log;

    private ClientProcess(Process process, ConcurrentQueue<Operation> history, Action<string> log)
    {
        (_process, _history, _log) = (process, history, log);
        _reading = Task.WhenAll(ReadAsync(), ErrorsAsync());
    }

    /// <summary>Whether it has opened the store; false when it could not.</summary>
    public Task<bool> Ready => _ready.Task;

    /// <summary>The end of what it says.</summary>
    public Task Ended => _reading;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public int Id => _process.Id;

    /// <summary>Starts a client.</summary>
    /// <param name="settings">What it does.</param>
    /// <param name="history">Where its operations go.</param>
    /// <param name="log">Where what it says goes.</param>
    /// <param name="wrapper">A program to run it under, with its arguments.</param>
    public static ClientProcess Start(ClientSettings settings, ConcurrentQueue<Operation> history, Action<string> log,
        params IReadOnlyList<string> wrapper)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        string[] command = [.. wrapper, host, typeof(ClientProcess).Assembly.Location, ClientProgram.Command,
            JsonSerializer.Serialize(settings, HistoryJson.Default.ClientSettings)];
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true, UseShellExecute = false };
        // Several clients share the machine with servers.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new(Process.Start(start)!, history, log);
    }

    /// <summary>SIGKILL: nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Lets it end.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <returns>False when it had to be killed.</returns>
    public async Task<bool> EndAsync(TimeSpan limit)
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before.
        }
        using var late = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(late.Token);
            await _reading;
            return true;
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            return false;
        }
    }

    /// <summary>Sets its clock.</summary>
    public async Task SetClockAsync(int seconds)
    {
        await _process.StandardInput.WriteLineAsync($"clock {seconds}");
        await _process.StandardInput.FlushAsync();
    }

    public void Stop() => Signals.Send(_process.Id, Signals.Stop);

    public void Continue() => Signals.Send(_process.Id, Signals.Continue);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line of a process that was killed may be a part of one.
            try
            {
                Take(line);
            }
            catch (JsonException)
            {
                _log($"client {Id}: {line}");
            }
        }
        // What has begun and not ended is unknown.
        foreach (var operation in _open.Values) _history.Enqueue(operation);
        _ready.TrySetResult(false);
    }

    private void Take(string line)
    {
        if (line.StartsWith(Recorder.Begin, StringComparison.Ordinal))
        {
            var operation = JsonSerializer.Deserialize(line.AsSpan(Recorder.Begin.Length), HistoryJson.Default.Operation)!;
            _open[operation.Id] = operation;
        }
        else if (line.StartsWith(Recorder.End, StringComparison.Ordinal))
        {
            var end = JsonSerializer.Deserialize(line.AsSpan(Recorder.End.Length), HistoryJson.Default.Completion)!;
            if (_open.TryRemove(end.Id, out var operation)) _history.Enqueue(operation with { Input = end.Input, Outcome = end.Outcome,
                Output = end.Output, Ended = end.Ended, Detail = end.Detail });
        }
        else if (line.StartsWith(Recorder.Whole, StringComparison.Ordinal))
        {
            _history.Enqueue(JsonSerializer.Deserialize(line.AsSpan(Recorder.Whole.Length), HistoryJson.Default.Operation)!);
        }
        else if (line == ClientProgram.Ready)
        {
            _ready.TrySetResult(true);
        }
        else
        {
            _log($"client {Id}: {line}");
        }
    }

    private async Task ErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line) _log($"client {Id}: {line}");
    }
}
