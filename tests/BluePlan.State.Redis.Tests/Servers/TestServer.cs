using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BluePlan.State.Redis.Tests;

/// <summary>A server process of our own on a free loopback port. It ends with <see cref="Dispose"/>, and also when this process dies in any way: a shell waits for the end of its input and ends it then.</summary>
internal sealed class TestServer : IDisposable
{
    /// <summary>What makes a client wait longer than a busy machine stands still. After a failed attempt to connect it waits half of its connect timeout before the next one.</summary>
    public const string Patience = "asyncTimeout=30000,syncTimeout=30000,connectTimeout=30000";

    /// <summary>In the settings of a server: a port that is free when it starts.</summary>
    public const string AnyPort = "any-port";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    // The shell ends with the server, and the server with the shell's input.
    private const string EndsWithItsInput = "exec 3<&0 2>/dev/null; \"$@\" >server.log 2>&1 & server=$!; { cat <&3 >/dev/null; kill -9 $server; } & watch=$!; wait $server; kill $watch";

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    private readonly Process _shell;
    private readonly string _directory;

    private TestServer(Process shell, int port, string directory) => (_shell, Port, _directory) = (shell, port, directory);

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>For clients of tests that are not about timeouts; more settings may be added, of which the last counts.</summary>
    public string ConnectionString => $"{Address},{Patience}";

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="command">The program and its arguments, from the port and the directory that it gets.</param>
    /// <param name="onPort">The port; null = a free one.</param>
    public static async Task<TestServer> StartAsync(Func<int, string, string[]> command, int? onPort = null)
    {
        var directory = Directory.CreateTempSubdirectory("blueplan-redis-").FullName;
        for (var attempt = 1; ; attempt++)
        {
            var port = onPort ?? FreePort();
            var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, WorkingDirectory = directory };
            foreach (var argument in (string[])["-c", EndsWithItsInput, "sh", .. command(port, directory)]) start.ArgumentList.Add(argument);
            var server = new TestServer(Process.Start(start)!, port, directory);
            if (await server.AnswersAsync()) return server;
            var log = await File.ReadAllTextAsync(Path.Combine(directory, "server.log"));
            server.Kill();
            // Somebody may have taken the port in between.
            if (attempt == 3) throw new InvalidOperationException($"The server did not start: {log}");
        }
    }

    /// <summary>Whether it has not been ended here.</summary>
    public bool IsRunning { get; private set; } = true;

    /// <summary>Sends a command on a connection of its own.</summary>
    /// <param name="command">The command, its words parted by blanks; before it may stand lines with others, whose replies are one line each.</param>
    /// <returns>The reply, a number or text.</returns>
    /// <exception cref="InvalidOperationException">The server answers with an error.</exception>
    /// <exception cref="IOException">The server closes the connection before it has answered.</exception>
    public async Task<string> CallAsync(string command)
    {
        var reply = await TryCallAsync(command);
        return reply.StartsWith('-') ? throw new InvalidOperationException($"{command}: {reply}") : reply;
    }

    /// <summary>The same; an error is a reply that begins with a minus.</summary>
    public async Task<string> TryCallAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        var first = "";
        // The reply to the last of several commands is the one that is asked for.
        foreach (var _ in command.Split("\r\n")) first = await reader.ReadLineAsync() ?? throw Closed(command);
        if (first[0] != '$' || first == "$-1") return first[0] == '-' ? first : first[1..];
        var text = new char[int.Parse(first.AsSpan(1), CultureInfo.InvariantCulture)];
        return await reader.ReadBlockAsync(text) == text.Length ? new(text) : throw Closed(command);
    }

    /// <summary>Ends the process at once, as a crash does.</summary>
    public void Kill()
    {
        if (!IsRunning) return;
        IsRunning = false;
        _shell.StandardInput.Dispose();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A port that nobody listens on, and that was not given to anybody here before: servers start at the same time, and the second on a port would take the first for itself.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Given.TryAdd(port, true)) return port;
        }
    }

    private static IOException Closed(string command) => new($"{command}: the server closed the connection before it had answered.");

    private async Task<bool> AnswersAsync()
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < StartLimit && !_shell.HasExited; await Task.Delay(20))
        {
            // Another's cluster bus may have taken the port: that one listens and never answers.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
                var stream = client.GetStream();
                await stream.WriteAsync("PING\r\n"u8.ToArray(), limit.Token);
                var answer = new byte[64];
                var read = await stream.ReadAsync(answer, limit.Token);
                // A server that wants a password is up as well.
                if (Encoding.ASCII.GetString(answer, 0, read) is var text && (text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal))) return true;
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // Not up yet.
            }
        }
        return false;
    }
}
