using System.Buffers;

namespace BluePlan.State;

/// <summary>Settings of a store in Redis.</summary>
/// <remarks>
/// <para><b>Rights.</b> On a server with access control the store needs no more than this user has, <c>bp</c> being the key prefix. For Redis 6.2, which does not know it, leave <c>+pexpiretime</c> out.
/// Set <c>configChannel=,tiebreaker=</c> in the connection string, since the client would look at a channel and a key of its own; it also asks for <c>CONFIG GET</c>, and does without. With <see cref="MinReplicas"/> it needs <c>+wait</c> too.</para>
/// <code>
/// ACL SETUSER app on >PASSWORD ~bp:* &amp;bp:* -@all +ping +echo +auth +hello +info +client|id +client|setname +cluster|nodes +cluster|slots +asking +readonly +eval +evalsha +scan +time +publish +subscribe +unsubscribe +del +unlink +exists +rename +persist +pexpire +pexpireat +pexpiretime +pttl +get +set +getex +getrange +setrange +hget +hset +hsetnx +hmget +hgetall +hdel +hlen +hexists +llen +lindex +lrange +lset +lpush +rpush +ltrim +zadd +zcard +zcount +zrange +zrevrange +zrank +zrem +zremrangebyscore +zmscore +zscore +zunion
/// </code>
/// <para><b>What a failover can lose.</b> Redis acknowledges a write before its replicas have it. When a primary dies, by Sentinel or in a cluster, what it acknowledged in its last moments (milliseconds as a rule,
/// more when a replica lags) is gone without an error; when it is cut off alive, so is all that it acknowledges until it hears of its successor. <see cref="MinReplicas"/> makes commits report it. Also set
/// <c>min-replicas-to-write</c> and <c>min-replicas-max-lag</c> on the servers: a primary that has lost its replicas then refuses writes, which is certain and fast, instead of making them wait.</para>
/// </remarks>
public sealed class RedisStateOptions
{
    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-/");

    /// <summary>
    /// What every key and channel begins with, so that several stores, and other applications, share a server: 1 to 64 of <c>A–Z a–z 0–9 : . _ - /</c>; <c>bp</c> by default.
    /// </summary>
    public string KeyPrefix { get; set; } = "bp";

    /// <summary>
    /// How many replicas must confirm a commit before it counts as done: 0 to 100; 0, which asks nobody, by default. A commit that fewer have confirmed within <see cref="ReplicaTimeout"/>, or whose connection broke
    /// before they did, fails with <see cref="StateUnavailableException"/> whose <see cref="StateUnavailableException.MayHaveBeenWritten"/> is true: it is on the primary, and a failover may lose it.
    /// </summary>
    /// <remarks>
    /// <para>With 1, a failover to the replica that confirmed loses nothing that was acknowledged. With several replicas that is sure only when as many must confirm as there are, since Sentinel and Cluster
    /// prefer the one that has most, but do not promise to find it. Confirmed is what replicas have received, not what they have on disk.</para>
    /// <para>A call that finds nothing to do, since an earlier attempt may have done it, waits until replicas hold what it has read.</para>
    /// <para>A commit that meets an unmet condition waits too, so that repeating an idempotent one is confirmed. Reads, the slides of sessions that they read, and imports do not wait, and others can read a commit
    /// before it is confirmed.</para>
    /// <para><b>Cost.</b> A second round trip, to the primary and on to the replica, shared by all commits that wait at the same time. The server runs nothing else of a connection that waits, so the store makes
    /// another connection for its commits, and its reads wait for nobody; when the host lends its own connection, all of the host's commands on it wait as well. On one machine, 64 callers: 17,000 commits a
    /// second instead of 50,000; one caller: 0.3 ms instead of 0.1 ms.</para>
    /// </remarks>
    public int MinReplicas { get; set; }

    /// <summary>How long a commit waits for <see cref="MinReplicas"/>: 1 ms to 1 minute, and at most half of the connection's <c>asyncTimeout</c>; 1 second by default. While replicas are away each commit fails after once to twice that time, since it may have to await the answer to others before its own.</summary>
    public TimeSpan ReplicaTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets whether a connection without TLS is refused when the store is created, also your app's own connection and also to this machine. The default is <c>false</c>: a connection without TLS that leaves the
    /// machine is logged as a warning. A tunnel counts as a connection without TLS.
    /// </summary>
    public bool RequireTls { get; set; }

    /// <summary>Lists every fault of the settings.</summary>
    internal IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (KeyPrefix is not { Length: >= 1 and <= 64 } || KeyPrefix.AsSpan().ContainsAnyExcept(PrefixCharacters)) faults.Add($"{nameof(RedisStateOptions)}.{nameof(KeyPrefix)} is '{KeyPrefix}'; it must be 1 to 64 of A–Z a–z 0–9 : . _ - /");
        if (MinReplicas is < 0 or > 100) faults.Add($"{nameof(RedisStateOptions)}.{nameof(MinReplicas)} is {MinReplicas}; it must be 0 to 100");
        if (ReplicaTimeout < TimeSpan.FromMilliseconds(1) || ReplicaTimeout > TimeSpan.FromMinutes(1)) faults.Add($"{nameof(RedisStateOptions)}.{nameof(ReplicaTimeout)} is {ReplicaTimeout}; it must be 1 ms to 1 minute");
        return faults;
    }
}
