using System.Globalization;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Which primary of a cluster serves which of a store's slots, and which slots are on their way to another, as each node says of itself by CLUSTER NODES.</summary>
/// <remarks>A node's line is <c>id address flags primary ping pong epoch state</c>, then its slots: <c>5</c>, <c>0-99</c>, <c>[5->-id]</c> (leaving) and <c>[5-&lt;-id]</c> (coming in).</remarks>
internal sealed class SlotMap
{
    private const int Facts = 8;
    private static readonly RedisScript Script = ScriptFiles.Load("nodes");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<int, string> _owners = [];
    private readonly Dictionary<string, IServer> _servers = [];
    private readonly List<(int Slot, string From, string To)> _moving = [];

    /// <summary>The primaries, each once.</summary>
    public IReadOnlyCollection<IServer> Servers => _servers.Values;

    /// <summary>Asks every node, again until each slot is somebody's or the connection's timeout is over.</summary>
    /// <exception cref="StateUnavailableException">A slot is nobody's whom we are connected to.</exception>
    public static async Task<SlotMap> ReadAsync(RedisConnection connection, IReadOnlySet<int> slots, CancellationToken cancellationToken)
    {
        for (var begun = connection.Time.GetTimestamp(); ; await Task.Delay(Pause, connection.Time, cancellationToken).ConfigureAwait(false))
        {
            var map = new SlotMap();
            foreach (var server in connection.Multiplexer.GetServers())
                if (server.IsConnected) map.Add(server, slots, (string?)await server.ExecuteAsync("EVAL", Script.Text, 0).WaitAsync(cancellationToken).ConfigureAwait(false) ?? "");
            if (map._owners.Count == slots.Count) return map;
            if (connection.Time.GetElapsedTime(begun).TotalMilliseconds > connection.Multiplexer.TimeoutMilliseconds)
                throw new StateUnavailableException($"A primary of the Redis cluster cannot be reached, so {slots.Count - map._owners.Count} of the store's {slots.Count} partitions cannot be read. Try again when it, or a replica in its place, is up.", false);
            // A node that we have not heard of may have taken the slot over.
            await connection.Multiplexer.ConfigureAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The moves of slots that are under way, and those that ended since another map was made.</summary>
    public IEnumerable<(int Slot, string From, string To)> Moves(SlotMap? before) =>
        before is null ? _moving : _moving.Concat(_owners.Where(owner => before._owners[owner.Key] != owner.Value).Select(owner => (owner.Key, before._owners[owner.Key], owner.Value)));

    private void Add(IServer server, IReadOnlySet<int> slots, string nodes)
    {
        var own = nodes.Split('\n').FirstOrDefault(static line => line.Contains("myself", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (own is null || own.Length < Facts || !own[2].Contains("master", StringComparison.Ordinal) || !_servers.TryAdd(own[0], server)) return;
        foreach (var range in own.AsSpan(Facts))
        {
            var ends = range.Trim('[', ']').ToString().Split('-');
            var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            if (range[0] == '[')
            {
                if (slots.Contains(first)) _moving.Add(ends[1] == ">" ? (first, own[0], ends[2]) : (first, ends[2], own[0]));
                continue;
            }
            var last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
            foreach (var slot in slots)
                if (slot >= first && slot <= last) _owners[slot] = own[0];
        }
    }
}
