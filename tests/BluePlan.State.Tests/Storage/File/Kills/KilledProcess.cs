using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using BluePlan.State.KillTarget;

namespace BluePlan.State.Tests;

/// <summary>A process that writes to a store and says what was acknowledged, until it is killed.</summary>
internal sealed class KilledProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _wanted;
    private int _count;

    /// <param name="wanted">After how many acknowledged commits <see cref="EnoughAsync"/> ends.</param>
    /// <param name="arguments">The arguments of the program.</param>
    /// <param name="under">A program that runs it, such as strace, with its arguments; none = it runs by itself.</param>
    public KilledProcess(int wanted, IEnumerable<string> arguments, params string[] under)
    {
        _wanted = wanted;
        string[] command = [.. under, Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", typeof(CounterWorkload).Assembly.Location, .. arguments];
        _process = new Process { StartInfo = new(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false } };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Errors.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>For each caller, its last commit that was acknowledged.</summary>
    public long[] Acknowledged { get; } = new long[CounterWorkload.Callers];

    /// <summary>What was said about commits that were refused.</summary>
    public ConcurrentQueue<string> Refused { get; } = [];

    public ConcurrentQueue<string> Errors { get; } = [];

    public int ExitCode => _process.ExitCode;

    /// <summary>Ends when the store is open, or the process has ended.</summary>
    public Task OpenAsync() => Task.WhenAny(_open.Task, _ended.Task);

    /// <summary>Ends when there were enough commits, or the process has ended.</summary>
    public Task EnoughAsync() => Task.WhenAny(_enough.Task, _ended.Task);

    /// <summary>Ends when the process has ended and all that it said was read.</summary>
    public async Task EndAsync()
    {
        await _ended.Task;
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGKILL: nothing of the program runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await EndAsync();
    }

    public void Dispose() => _process.Dispose();

    private void Take(string? line)
    {
        if (line is null)
        {
            _ended.TrySetResult();
            return;
        }
        var words = line.Split(' ');
        switch (words[0])
        {
            case "open":
                _open.TrySetResult();
                break;
            case "refused":
                Refused.Enqueue(line);
                break;
            // A line that the kill has cut says nothing.
            case "done" when line.EndsWith(';'):
                Acknowledged[int.Parse(words[1], CultureInfo.InvariantCulture)] = long.Parse(words[2], CultureInfo.InvariantCulture);
                if (++_count == _wanted) _enough.TrySetResult();
                break;
        }
    }
}
