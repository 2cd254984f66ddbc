using System.Diagnostics;
using System.Globalization;

namespace BluePlan.State.KillTarget;

/// <summary>A process that holds a lock, until it is killed.</summary>
public sealed class LockHolderProcess : IDisposable
{
    private readonly Process _process;

    private LockHolderProcess(Process process) => _process = process;

    /// <summary>The token under which it holds the lock.</summary>
    public long FencingToken { get; private set; }

    /// <summary>Starts it, and waits until it holds the lock.</summary>
    /// <param name="place">The store; see <see cref="LockHolder.RunAsync"/>.</param>
    public static async Task<LockHolderProcess> StartAsync(string place)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var process = Process.Start(new ProcessStartInfo(host, [typeof(LockHolder).Assembly.Location, LockHolder.Command, place]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var holder = new LockHolderProcess(process);
        var line = await process.StandardOutput.ReadLineAsync();
        holder.FencingToken = line?.Split(' ') is ["held", var token] ? long.Parse(token, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"The process that was to hold a lock said '{line}'.");
        return holder;
    }

    /// <summary>SIGKILL: nothing of the program runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
