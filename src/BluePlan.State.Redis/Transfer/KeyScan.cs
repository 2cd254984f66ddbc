using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Walks over the store's keys on every primary by SCAN. A key that is there all the time is seen at least once; one may be seen twice.</summary>
/// <remarks>
/// A key whose slot moves from a node that comes later to one that came before would be passed over. Two rounds over all nodes see each key that moves once, since it is there for the whole first round of the one
/// or the whole second of the other; so there is one more round than the most moves of a slot that were seen.
/// </remarks>
internal static class KeyScan
{
    private const int PageSize = 512;

    /// <exception cref="StateUnavailableException">A primary is not connected, so keys would be missed.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<RedisKey>> PagesAsync(RedisConnection connection, RedisKeys keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!connection.IsCluster)
        {
            IServer[] servers = [.. connection.Primaries()];
            if (servers.Length == 0) throw new StateUnavailableException("No primary of Redis is connected, so its keys cannot be listed.", false);
            foreach (var server in servers)
                await foreach (var page in PagesAsync(connection, server, keys, cancellationToken).ConfigureAwait(false)) yield return page;
            yield break;
        }

        var slots = Enumerable.Range(0, keys.PartitionCount).Select(static partition => HashTags.Slot(HashTags.Of(partition))).ToHashSet();
        var moves = new HashSet<(int Slot, string From, string To)>();
        SlotMap? before = null;
        for (var (round, rounds) = (1, 1); round <= rounds; round++)
        {
            var map = await SlotMap.ReadAsync(connection, slots, cancellationToken).ConfigureAwait(false);
            moves.UnionWith(map.Moves(before));
            foreach (var server in map.Servers)
                await foreach (var page in PagesAsync(connection, server, keys, cancellationToken).ConfigureAwait(false)) yield return page;
            before = await SlotMap.ReadAsync(connection, slots, cancellationToken).ConfigureAwait(false);
            moves.UnionWith(before.Moves(map));
            rounds = 1 + moves.CountBy(static move => move.Slot).Select(static slot => slot.Value).DefaultIfEmpty().Max();
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<RedisKey>> PagesAsync(RedisConnection connection, IServer server, RedisKeys keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = "0";
        do
        {
            var reply = await server.ExecuteAsync(connection.Database.Database, "SCAN", [cursor, "MATCH", keys.Pattern, "COUNT", PageSize]).WaitAsync(cancellationToken).ConfigureAwait(false);
            cursor = (string)reply[0]!;
            yield return (RedisKey[])reply[1]!;
        }
        while (cursor != "0");
    }
}
