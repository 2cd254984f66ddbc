using System.Globalization;
using BluePlan.State.Redis.Tests;

namespace BluePlan.State.Consistency;

/// <summary>
/// A redis-server with a directory of its own, which can be stopped, killed, and started again on the same port with what it had on disk.
/// </summary>
internal sealed class RedisNode : IDisposable
{
    private readonly string _directory;
    private readonly string[] _prefix, _settings;
    private TestServer _server = null!;
    private int _process;

    private RedisNode(string directory, string[] prefix, string[] settings) =>
        (_directory, _prefix, _settings) = (directory, prefix, settings);

    public int Port => _server.Port;

    /// <summary>The process that answers.</summary>
    public TestServer Server => _server;

    /// <summary>Where it is installed; null when it is not.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(static path => path.Length > 0)
        .Select(static path => Path.Combine(path, "redis-server")).FirstOrDefault(File.Exists);

    /// <summary>Starts a server.</summary>
    /// <param name="directory">For its directory.</param>
    /// <param name="settings">Settings as on its command line.</param>
    /// <param name="prefix">A program to run it under.</param>
    public static async Task<RedisNode> StartAsync(string directory, string[] settings, params string[] prefix)
    {
        var node = new RedisNode(System.IO.Directory.CreateDirectory(Path.Combine(directory, Guid.NewGuid().ToString("N"))).FullName,
            prefix, [.. settings.Select(static setting => setting == TestServer.AnyPort ? $"{TestServer.FreePort()}" : setting)]);
        await node.RunAsync(null);
        return node;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _server.Kill();

    /// <summary>Starts it again after it was killed.</summary>
    public async Task RestartAsync()
    {
        var old = _server;
        await RunAsync(old.Port);
        old.Dispose();
    }

    public void Stop() => Signals.Send(_process, Signals.Stop);

    public void Continue() => Signals.Send(_process, Signals.Continue);

    public void Dispose() => _server?.Dispose();

    private async Task RunAsync(int? port)
    {
        _server = await TestServer.StartAsync((free, _) =>
            [.. _prefix, Program!, "--port", $"{free}", "--bind", "127.0.0.1", "--dir", _directory, "--save", "", .. _settings], port);
        // While it loads it refuses.
        var lines = await _server.TryCallAsync("INFO server");
        _process = int.Parse(lines.Split('\n')
            .First(static line => line.StartsWith("process_id:", StringComparison.Ordinal)).AsSpan("process_id:".Length).Trim(),
            CultureInfo.InvariantCulture);
    }
}
