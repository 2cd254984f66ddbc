namespace BluePlan.State.Storage;

/// <summary>Operations on one partition that happen all or not at all.</summary>
/// <remarks>
/// <para>Every condition is judged against the store as it was before the commit, all of them before the first write. So is everything that can
/// fail: a counter that would overflow, bytes where counters are needed.</para>
/// <para>A key has at most one operation that writes its content; <see cref="CheckKey"/>, <see cref="ExpireKey"/> and <see cref="NotifyWatchers"/> may
/// stand beside it. So the order matters only where <see cref="ExpireKey"/> follows the write that makes its key.</para>
/// <para>The commit keeps the list it is given: do not change it, nor what it holds, until the commit's task has ended.</para>
/// </remarks>
public sealed class StateCommit
{
    /// <summary>Operations on one partition that happen all or not at all.</summary>
    /// <exception cref="ArgumentException">There is no operation, they span two partitions, a key is written twice, or they carry more than 128 MiB.</exception>
    public StateCommit(params IReadOnlyList<StateOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        if (operations.Count == 0) throw new ArgumentException("A commit needs an operation.", nameof(operations));
        var partition = operations[0].Key.Partition;
        long bytes = 0;
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            if (operation.Key.Partition != partition) throw new ArgumentException($"One partition a commit: {operations[0].Key} and {operation.Key}.", nameof(operations));
            bytes += operation.PayloadBytes;
        }
        if (bytes > StateLimits.MaximumCommitBytes) throw new ArgumentException($"The commit carries {bytes:N0} bytes; at most {StateLimits.MaximumCommitBytes:N0} are accepted. Split it.", nameof(operations));
        if (operations.Count > 1) CheckWriters(operations);
        Operations = operations;
    }

    /// <summary>The partition that all operations lie in.</summary>
    public int Partition => Operations[0].Key.Partition;

    /// <summary>What to do, at least one operation.</summary>
    public IReadOnlyList<StateOperation> Operations { get; }

    private static void CheckWriters(IReadOnlyList<StateOperation> operations)
    {
        HashSet<StateKey>? seen = null;
        for (var i = 0; i < operations.Count; i++)
        {
            if (!operations[i].IsWriter) continue;
            var key = operations[i].Key;
            bool twice;
            if (operations.Count <= 8)
            {
                twice = false;
                for (var j = 0; j < i && !twice; j++) twice = operations[j].IsWriter && operations[j].Key == key;
            }
            else
            {
                twice = !(seen ??= new(operations.Count)).Add(key);
            }
            if (twice) throw new ArgumentException($"A commit writes a key at most once: {key}.", nameof(operations));
        }
    }
}
