using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Reads indexes and their unions, each by one script. An index is a ZSET, whose order is the contract's: by score, among equals by the bytes of the member.</summary>
internal sealed class IndexReads(RedisConnection connection, RedisKeys keys)
{
    public async ValueTask<StateContent?> ReadAsync(IndexRead read)
    {
        if (read.Members is { } names)
            return Show(names, await connection.EvaluateAsync(ReadScripts.IndexMembers, [keys.Of(read.Key)], [.. names.Select(static m => (RedisValue)m)]).ConfigureAwait(false));

        RedisValue minimum = read.Minimum < -StateLimits.MaximumNumber ? "" : CommitRequest.Score(read.Minimum);
        RedisValue maximum = read.Maximum > StateLimits.MaximumNumber ? "" : CommitRequest.Score(read.Maximum);
        RedisValue[] range = read.After is { } after
            ? [minimum, maximum, read.Limit, read.Descending ? "1" : "", CommitRequest.Score(after.Score), after.Member]
            : [minimum, maximum, read.Limit, read.Descending ? "1" : ""];
        return Show(await connection.EvaluateAsync(ReadScripts.Index, [keys.Of(read.Key)], range).ConfigureAwait(false));
    }

    public async ValueTask<StateContent?> ReadAsync(UnionRead read)
    {
        var reply = await connection.EvaluateAsync(ReadScripts.Union, [.. read.Keys.Select(key => (RedisKey)keys.Of(key))], [read.Limit]).ConfigureAwait(false);
        if (reply.IsNull) return null;
        var flat = (RedisValue[])reply[1]!;
        var members = new IndexMember[flat.Length / 2];
        for (var i = 0; i < members.Length; i++) members[i] = new(flat[2 * i + 1]!, Number(flat[2 * i]));
        return new IndexContent(members, (long)reply[0]);
    }

    public static IndexContent? Show(RedisResult reply)
    {
        if (reply.IsNull) return null;
        var flat = (RedisValue[])reply[2]!;
        var members = new IndexMember[flat.Length / 2];
        for (var i = 0; i < members.Length; i++) members[i] = new(flat[2 * i]!, Number(flat[2 * i + 1]));
        return new(members, (long)reply[0]) { Expiry = Expiry(reply) };
    }

    private static IndexContent? Show(IReadOnlyList<string> names, RedisResult reply)
    {
        if (reply.IsNull) return null;
        var scores = (RedisValue[])reply[2]!;
        var members = new List<IndexMember>(names.Count);
        for (var i = 0; i < scores.Length; i++)
            if (scores[i].Length() > 0) members.Add(new(names[i], Number(scores[i])));
        members.Sort();
        return new(members, (long)reply[0]) { Expiry = Expiry(reply) };
    }

    private static StateExpiry Expiry(RedisResult reply) => (long)reply[1] is var deadline and >= 0 ? StateExpiry.At(DocumentHeader.Instant(deadline)) : StateExpiry.Never;

    // A sum beyond 2^53 comes as a decimal fraction with an exponent.
    private static long Number(RedisValue score) => score.TryParse(out long number) ? number : (long)(double)score;
}
