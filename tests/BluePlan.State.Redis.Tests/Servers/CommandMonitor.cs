using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace BluePlan.State.Redis.Tests;

/// <summary>What a server is told, by its own MONITOR: which commands clients send, and which ones scripts run.</summary>
internal sealed partial class CommandMonitor : IDisposable
{
    private readonly TcpClient _monitor = new();
    private readonly TcpClient _marker = new();
    private readonly StreamReader _lines;
    private int _marks;

    private CommandMonitor(int port)
    {
        _monitor.Connect(IPAddress.Loopback, port);
        _marker.Connect(IPAddress.Loopback, port);
        _lines = new(_monitor.GetStream(), Encoding.Latin1);
    }

    public static async Task<CommandMonitor> StartAsync(TestServer server)
    {
        var monitor = new CommandMonitor(server.Port);
        await monitor._monitor.GetStream().WriteAsync("MONITOR\r\n"u8.ToArray());
        await monitor._lines.ReadLineAsync();
        return monitor;
    }

    /// <summary>The names of the commands since the last call, those of clients and those of scripts. What keeps connections alive does not count.</summary>
    public async Task<(IReadOnlyList<string> Sent, IReadOnlyList<string> InScripts)> TakeAsync()
    {
        var (sent, inScripts) = (new List<string>(), new List<string>());
        foreach (var (origin, words) in await TakeWordsAsync())
        {
            var command = words[0].ToUpperInvariant();
            // The looks at the servers and the store's marker go by the clock, not by calls.
            if (command is "EVAL" or "EVALSHA" && words.Length > 3 && words[3].EndsWith(":store", StringComparison.Ordinal)) continue;
            if (command is "PING" or "ECHO" or "INFO" or "CLIENT" or "CONFIG" or "COMMAND" or "HELLO" or "CLUSTER" or "SENTINEL") continue;
            (origin.EndsWith("lua", StringComparison.Ordinal) ? inScripts : sent).Add(command);
        }
        return (sent, inScripts);
    }

    /// <summary>All commands since the last call with their arguments, each with who sent it: an address, or lua.</summary>
    public async Task<IReadOnlyList<(string Origin, string[] Words)>> TakeWordsAsync()
    {
        var mark = $"mark-{++_marks}";
        await _marker.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"ECHO {mark}\r\n"));
        var commands = new List<(string, string[])>();
        while (await _lines.ReadLineAsync() is { } line)
        {
            if (line.EndsWith($"\"{mark}\"", StringComparison.Ordinal)) break;
            var origin = line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.IndexOf(']', StringComparison.Ordinal)];
            commands.Add((origin, [.. Quoted().Matches(line).Select(static match => match.Groups[1].Value)]));
        }
        return commands;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _monitor.Dispose();
        _marker.Dispose();
    }

    [GeneratedRegex(@"""((?:[^""\\]|\\.)*)""")]
    private static partial Regex Quoted();
}
