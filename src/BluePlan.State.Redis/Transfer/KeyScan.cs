using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Walks over the store's keys on every primary by SCAN. A key that is there all the time is seen at least once; one may be seen twice.</summary>
internal static class KeyScan
{
    private const int PageSize = 512;

    public static async IAsyncEnumerable<IReadOnlyList<RedisKey>> PagesAsync(RedisConnection connection, RedisKeys keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = connection.Database.Database;
        foreach (var server in connection.Primaries().ToArray())
        {
            var cursor = "0";
            do
            {
                var reply = await server.ExecuteAsync(database, "SCAN", [cursor, "MATCH", keys.Pattern, "COUNT", PageSize]).WaitAsync(cancellationToken).ConfigureAwait(false);
                cursor = (string)reply[0]!;
                yield return (RedisKey[])reply[1]!;
            }
            while (cursor != "0");
        }
    }
}
