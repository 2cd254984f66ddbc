using System.Globalization;
using BluePlan.State.Redis.Tests;

namespace BluePlan.State.Consistency;

/// <summary>A server with a directory of its own, which can be stopped, killed, and started again on the same port with what it had on disk.</summary>
internal sealed class RedisNode : IDisposable
{
    private readonly Func<int, string[]> _command;
    private readonly bool _isGarnet;
    private TestServer _server = null!;
    private int _process;

    private RedisNode(Func<int, string[]> command, bool isGarnet) => (_command, _isGarnet) = (command, isGarnet);

    public int Port => _server.Port;

    /// <summary>The process that answers.</summary>
    public TestServer Server => _server;

    /// <summary>Where redis-server is installed; null when it is not.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(static path => path.Length > 0).Select(static path => Path.Combine(path, "redis-server")).FirstOrDefault(File.Exists);

    /// <summary>Where Garnet is, a .NET tool of the repository; null when it was not restored.</summary>
    public static string? Garnet { get; } = FindGarnet();

    /// <summary>Starts a Redis server.</summary>
    /// <param name="directory">For its directory.</param>
    /// <param name="settings">Settings as on its command line.</param>
    public static Task<RedisNode> StartAsync(string directory, params string[] settings)
    {
        var own = MakeDirectory(directory);
        string[] resolved = [.. settings.Select(static setting => setting == TestServer.AnyPort ? $"{TestServer.FreePort()}" : setting)];
        return StartAsync(port => [Program!, "--port", $"{port}", "--bind", "127.0.0.1", "--dir", own, "--save", "", .. resolved]);
    }

    /// <summary>Starts a Garnet server, which keeps nothing on disk.</summary>
    /// <param name="directory">For its directory.</param>
    /// <param name="prefix">A program to run it under.</param>
    public static Task<RedisNode> StartGarnetAsync(string directory, params string[] prefix)
    {
        var own = MakeDirectory(directory);
        return StartAsync(port => [.. prefix, "dotnet", Garnet!, "--port", $"{port}", "--bind", "127.0.0.1", "--checkpointdir", own,
            "--lua", "--lua-transaction-mode", "--memory", "512m", "--index", "32m"], isGarnet: true);
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

    private static async Task<RedisNode> StartAsync(Func<int, string[]> command, bool isGarnet = false)
    {
        var node = new RedisNode(command, isGarnet);
        await node.RunAsync(null);
        return node;
    }

    private async Task RunAsync(int? port)
    {
        _server = await TestServer.StartAsync((free, _) => _command(free), port);
        // It reads no commands in this form but PING, answers others with nothing at all, and need not be stopped.
        if (_isGarnet) return;
        const string name = "process_id:";
        var line = (await _server.TryCallAsync("INFO server")).Split('\n').FirstOrDefault(static line => line.StartsWith(name, StringComparison.Ordinal));
        if (line is not null) _process = int.Parse(line.AsSpan(name.Length).Trim(), CultureInfo.InvariantCulture);
    }

    private static string MakeDirectory(string parent) => Directory.CreateDirectory(Path.Combine(parent, Guid.NewGuid().ToString("N"))).FullName;

    private static string? FindGarnet()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var versions = new DirectoryInfo(Path.Combine(packages, "garnet-server"));
        return !versions.Exists ? null : versions.GetDirectories().OrderByDescending(static version => version.Name, StringComparer.Ordinal)
            .Select(static version => Path.Combine(version.FullName, "tools", "net10.0", "any", "GarnetServer.dll")).FirstOrDefault(File.Exists);
    }
}
