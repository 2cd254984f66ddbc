using System.Buffers;

namespace BluePlan.State;

/// <summary>Settings of a store in Redis.</summary>
/// <remarks>
/// <para><b>Rights.</b> On a server with access control the store needs no more than this user has, <c>bp</c> being the key prefix. For Redis 6.2, which does not know it, leave <c>+pexpiretime</c> out.
/// Set <c>configChannel=,tiebreaker=</c> in the connection string, since the client would look at a channel and a key of its own; it also asks for <c>CONFIG GET</c>, and does without.</para>
/// <code>
/// ACL SETUSER app on >PASSWORD ~bp:* &amp;bp:* -@all +ping +echo +auth +hello +info +client|id +client|setname +cluster|nodes +cluster|slots +asking +readonly +eval +evalsha +scan +time +publish +subscribe +unsubscribe +del +unlink +exists +rename +persist +pexpire +pexpireat +pexpiretime +pttl +get +set +getex +getrange +setrange +hget +hset +hsetnx +hmget +hgetall +hdel +hlen +hexists +llen +lindex +lrange +lset +lpush +rpush +ltrim +zadd +zcard +zcount +zrange +zrevrange +zrank +zrem +zremrangebyscore +zscore +zunion
/// </code>
/// </remarks>
public sealed class RedisStateOptions
{
    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-/");

    /// <summary>
    /// What every key and channel begins with, so that several stores, and other applications, share a server: 1 to 64 of <c>A–Z a–z 0–9 : . _ - /</c>; <c>bp</c> by default.
    /// </summary>
    public string KeyPrefix { get; set; } = "bp";

    /// <summary>Lists every fault of the settings.</summary>
    internal IReadOnlyList<string> Validate() =>
        KeyPrefix is { Length: >= 1 and <= 64 } && !KeyPrefix.AsSpan().ContainsAnyExcept(PrefixCharacters) ? []
        : [$"{nameof(RedisStateOptions)}.{nameof(KeyPrefix)} is '{KeyPrefix}'; it must be 1 to 64 of A–Z a–z 0–9 : . _ - /"];
}
