using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BluePlan.State.AotSmoke;

/// <summary>A private redis-server on a free loopback port, ended with this process's use of it.</summary>
internal sealed class RedisProcess : IDisposable
{
    private readonly Process _process;

    private readonly Task<string> _output;

    private RedisProcess(Process process, int port, Task<string> output) => (_process, ConnectionString, _output) = (process, $"127.0.0.1:{port}", output);

    public string ConnectionString { get; }

    /// <summary>Null when redis-server is not installed.</summary>
    public static RedisProcess? TryStart(string directory)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        try
        {
            var process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory]) { RedirectStandardOutput = true })!;
            while (process.StandardOutput.ReadLine() is { } line)
                if (line.Contains("Ready to accept connections", StringComparison.Ordinal)) break;
            if (process.HasExited) throw new InvalidOperationException("redis-server ended at once.");
            return new(process, port, process.StandardOutput.ReadToEndAsync());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _output.Wait(); // what the server says is read to its end, so that it never waits for a full pipe
        _process.Dispose();
    }
}
