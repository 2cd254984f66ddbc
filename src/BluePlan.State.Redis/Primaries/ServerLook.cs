using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>What a look at one server shows: its part in replication, its clock, and the store's marker as it has it.</summary>
/// <param name="Server">The server; null in a cluster, where the marker's slot decides who answers.</param>
/// <param name="Facts">Its part in replication.</param>
/// <param name="Marker">The marker; null if it is absent.</param>
/// <param name="Time">The time by its clock.</param>
internal sealed record ServerLook(IServer? Server, ReplicationFacts Facts, MarkerFields? Marker, DateTimeOffset Time)
{
    private static readonly RedisScript Script = ScriptFiles.Load("look");

    /// <summary>Looks at one server, by its name.</summary>
    public static async Task<ServerLook> AtAsync(IServer server, RedisKey marker, int database) =>
        Read(server, await server.ExecuteAsync(database, "EVAL", [Script.Text, "1", marker], CommandFlags.NoRedirect).ConfigureAwait(false));

    /// <summary>Looks at whichever node of a cluster serves the marker.</summary>
    public static async Task<ServerLook> InClusterAsync(RedisConnection connection, RedisKey marker) =>
        Read(null, await connection.EvaluateAsync(Script, [marker], []).ConfigureAwait(false));

    private static ServerLook Read(IServer? server, RedisResult reply) =>
        new(server, ReplicationFacts.Parse((string?)reply[0] ?? "", server is not { IsReplica: true }), MarkerFields.Read(reply, 1), ServerClock.Read((long)reply[6], (long)reply[7]));
}
