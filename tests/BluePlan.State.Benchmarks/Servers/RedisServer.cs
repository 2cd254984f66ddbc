using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace BluePlan.State.Benchmarks;

/// <summary>A redis-server of our own on a free loopback port, without persistence, ended with its use.</summary>
internal sealed class RedisServer : IServerTime, IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConnectionMultiplexer _admin;
    private readonly Task<string> _output;

    private RedisServer(Process process, string connectionString, Task<string> output, ConnectionMultiplexer admin) => (_process, ConnectionString, _output, _admin) = (process, connectionString, output, admin);

    public string ConnectionString { get; }

    private IServer Server => _admin.GetServers()[0];

    /// <exception cref="System.ComponentModel.Win32Exception">redis-server is not installed.</exception>
    public static async Task<RedisServer> StartAsync()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var start = new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                if (line.Contains("Ready to accept connections", StringComparison.Ordinal)) break;
            if (process.HasExited) throw new InvalidOperationException("redis-server ended at once.");
            var connectionString = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
            return new(process, connectionString, process.StandardOutput.ReadToEndAsync(), await ConnectionMultiplexer.ConnectAsync(connectionString + ",allowAdmin=true")); // INFO counts as an act of an administrator
        }
        catch
        {
            End(process);
            throw;
        }
    }

    public async Task<TimeSpan> ProcessorTimeAsync()
    {
        var cpu = await InfoAsync("cpu");
        return TimeSpan.FromSeconds(cpu["used_cpu_user"] + cpu["used_cpu_sys"]);
    }

    /// <summary>What it has allocated, in bytes.</summary>
    public async Task<double> MemoryAsync() => (await InfoAsync("memory"))["used_memory"];

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        if (!_process.HasExited) _process.Kill();
        await _output; // what the server says is read to its end, so that it never waits for a full pipe
        End(_process);
    }

    private static void End(Process process)
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task<Dictionary<string, double>> InfoAsync(string section) => (await Server.InfoAsync(section)).SelectMany(static g => g)
        .Where(static p => double.TryParse(p.Value, CultureInfo.InvariantCulture, out _)).ToDictionary(static p => p.Key, static p => double.Parse(p.Value, CultureInfo.InvariantCulture));
}
