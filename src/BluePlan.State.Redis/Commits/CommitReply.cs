using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>What a commit's script answered, in the words of the contract.</summary>
internal static class CommitReply
{
    private const int Conflict = 1;
    private const int Overflow = 2;
    private const int NotCounters = 3;

    // Of commits that have nothing to answer, which nobody changes.
    private static readonly OperationResult[][] Nothing = [.. Enumerable.Range(0, 17).Select(static count => new OperationResult[count])];

    /// <exception cref="OverflowException">A counter, score or sequence would have passed its limit.</exception>
    /// <exception cref="InvalidOperationException">A field that was to be incremented holds bytes.</exception>
    public static CommitResult Read(StateCommit commit, RedisResult reply)
    {
        var status = (int)reply[0];
        var operation = status == 0 ? 0 : (int)reply[1];
        switch (status)
        {
            case Conflict:
                var etag = (byte[]?)reply[2];
                if (commit.Operations[operation] is IncrementWithin within) return new([], Unmet(within, operation, (int)reply[3], (long)reply[4]));
                return CommitResult.Conflicted(operation, etag is { Length: 16 } ? StateETag.ReadFrom(etag) : default);
            case Overflow:
                throw new OverflowException($"A number of {commit.Operations[operation].Key} would pass ±(2^53 − 1). Nothing was written.");
            case NotCounters:
                throw new InvalidOperationException($"A field of {commit.Operations[operation].Key} holds bytes, so nothing can be added to it. Nothing was written.");
        }
        var count = commit.Operations.Count;
        if (reply.Length == 1) return new(count < Nothing.Length ? Nothing[count] : new OperationResult[count]);
        var results = new OperationResult[count];
        var at = 1;
        for (var i = 0; i < results.Length; i++) results[i] = Read(commit.Operations[i], reply, ref at);
        return new(results);
    }

    /// <summary>Whether a commit has certainly changed something, rather than found nothing to do.</summary>
    public static bool HasWritten(StateCommit commit, RedisResult reply)
    {
        if ((int)reply[0] != 0) return false;
        foreach (var operation in commit.Operations)
            if (operation is not (CheckKey or CheckEntries or CheckExpiry or NotifyWatchers or RaiseToken or SetScores or DeleteKey or ExpireKey or RemoveFields or RemoveEntries or RemoveMembers or RemoveScores)) return true;
        // The others answer how many things they found.
        for (var i = 1; i < reply.Length; i++)
            if ((long)reply[i] > 0) return true;
        return false;
    }

    private static CommitConflict Unmet(IncrementWithin within, int operation, int bound, long sum) =>
        new(operation, default) { Bound = bound, Available = within.Bounds[bound].Maximum - sum };

    private static OperationResult Vectors(StateKey key, int count, RedisResult reply, ref int at)
    {
        var vectors = new ReadOnlyMemory<long>[count];
        for (var i = 0; i < vectors.Length; i++) vectors[i] = MapBytes.Counters(key, (byte[]?)reply[at++]);
        return new(Vectors: vectors);
    }

    private static OperationResult Read(StateOperation operation, RedisResult reply, ref int at)
    {
        switch (operation)
        {
            case DeleteKey or ExpireKey or RemoveFields or RemoveEntries or RemoveMembers or RemoveScores:
                return new(Count: (long)reply[at++]);
            case AppendEntries:
                at += 2;
                return new(Count: (long)reply[at - 1], Value: (long)reply[at - 2]);
            case IncrementFields { ReturnValues: true } increment:
                return Vectors(operation.Key, increment.Increments.Count, reply, ref at);
            case IncrementWithin { ReturnValues: true } within:
                return Vectors(operation.Key, within.Increments.Count, reply, ref at);
            default:
                return default;
        }
    }
}
