using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Reads logs, each by one script.</summary>
internal sealed class LogReads(RedisConnection connection, RedisKeys keys)
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StateContent?> ReadAsync(LogRead read)
    {
        RedisKey[] names = [keys.Of(read.Key), keys.EntriesOf(read.Key)];
        if (read.Ids is { } ids)
        {
            var found = Show(read.Key, await connection.EvaluateAsync(ReadScripts.LogEntries, names, [.. ids.Select(static id => (RedisValue)id)]).ConfigureAwait(false));
            return found is null ? null : found with { Entries = [.. found.Entries.OrderBy(static e => e.Sequence)] };
        }
        RedisValue[] range = [Math.Clamp(read.First, 1, StateLimits.MaximumNumber + 1), read.Last > StateLimits.MaximumNumber ? "" : Math.Max(read.Last, 0), read.Limit, read.FromEnd ? "1" : ""];
        return Show(read.Key, await connection.EvaluateAsync(ReadScripts.Log, names, range).ConfigureAwait(false));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StateContent?> ReadAsync(TailRead read)
    {
        var reply = await connection.EvaluateAsync(ReadScripts.LogTail, [keys.Of(read.Key), keys.EntriesOf(read.Key)], [read.Limit, LogBytes.Write(read.Known.Revision), read.Known.LastSequence]).ConfigureAwait(false);
        return Show(read.Key, reply) is { } content ? content with { IsContinuation = (int)reply[4] == 1 } : null;
    }

    private static LogContent? Show(StateKey key, RedisResult reply)
    {
        if (reply.IsNull) return null;
        var (last, expiry) = LogBytes.ReadMeta(key, (byte[]?)reply[0]);
        var elements = (RedisValue[])reply[2]!;
        var entries = new LogEntry[elements.Length];
        for (var i = 0; i < entries.Length; i++) entries[i] = LogBytes.Read(key, elements[i]);
        return new(entries, last, (long)reply[1]) { Expiry = expiry, Revision = LogBytes.ReadRevision(key, (byte[]?)reply[3]) };
    }
}
