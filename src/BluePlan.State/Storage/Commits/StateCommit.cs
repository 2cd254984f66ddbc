namespace BluePlan.State.Storage;

/// <summary>Operations on one partition that happen all or not at all.</summary>
/// <remarks>
/// <para>Every condition is judged against the store as it was before the commit, all of them before the first write. So is everything that can
/// fail: a counter that would overflow, bytes where counters are needed. A commit with both is a conflict: an unmet condition is answered before any failure is thrown. Of several failures any one is thrown.</para>
/// <para>The first write makes a map, log or index, without an expiry; further ones leave its expiry as it is. Only <see cref="PutDocument"/> and <see cref="ExpireKey"/> set one.</para>
/// <para>A key has at most one operation that writes its content; <see cref="CheckKey"/>, <see cref="CheckEntries"/>, <see cref="CheckExpiry"/>, <see cref="ExpireKey"/> and <see cref="NotifyWatchers"/> may
/// stand beside it, <see cref="ExpireKey"/> only behind it. So providers may apply the operations in order, one by one.</para>
/// <para>The commit keeps the list it is given: do not change it, nor what it holds, until the commit's task has ended.</para>
/// </remarks>
public sealed class StateCommit
{
    private const int FewOperations = 16;

    /// <summary>Initializes a commit and draws its <see cref="ETag"/>.</summary>
    /// <param name="operations">The operations, in order: at least one.</param>
    /// <exception cref="ArgumentException">There is no operation, one is null, they span two partitions, a key is written twice or behind its <see cref="ExpireKey"/>, or they carry more than 128 MiB.</exception>
    public StateCommit(params IReadOnlyList<StateOperation> operations) : this(operations, StateETag.New()) { }

    internal StateCommit(IReadOnlyList<StateOperation> operations, StateETag etag)
    {
        ArgumentNullException.ThrowIfNull(operations);
        if (operations.Count == 0) throw new ArgumentException("A commit needs an operation.", nameof(operations));
        if (operations.Contains(null!)) throw new ArgumentException("An operation is null.", nameof(operations));
        var partition = operations[0].Key.Partition;
        long bytes = 0;
        var areOfLibrary = true;
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            if (operation.Key.Partition != partition) throw new ArgumentException($"One partition a commit: {operations[0].Key} and {operation.Key}.", nameof(operations));
            bytes += operation.PayloadBytes;
            Requires |= operation.Requires;
            areOfLibrary &= operation.IsOfLibrary;
        }
        AreOfLibrary = areOfLibrary;
        if (bytes > StateLimits.MaximumCommitBytes) throw new ArgumentException($"The commit carries {bytes:N0} bytes; at most {StateLimits.MaximumCommitBytes:N0} are accepted. Split it.", nameof(operations));
        if (operations.Count > 1) CheckWriters(operations);
        (Operations, ETag) = (operations, etag);
    }

    /// <summary>The partition that all operations lie in.</summary>
    public int Partition => Operations[0].Key.Partition;

    /// <summary>What to do, at least one operation.</summary>
    public IReadOnlyList<StateOperation> Operations { get; }

    /// <summary>
    /// Gets the tag that every document receives that the commit writes, and every log that it begins or edits as its
    /// <see cref="LogContent.Revision"/>: random, and drawn once. A caller that lost the answer compares it with the
    /// document's to learn whether the commit happened.
    /// </summary>
    public StateETag ETag { get; }

    /// <summary>The capabilities that a provider must declare for the operations together.</summary>
    public StateCapabilities Requires { get; }

    /// <summary>The operation and user that cause the commit, for audit and telemetry; <c>null</c> if they are not stated.</summary>
    public CommitContext? Context { get; init; }

    /// <summary>
    /// Returns a commit with the same tag and context, and with further operations behind these. The positions of these
    /// operations, and of their results, stay.
    /// </summary>
    /// <param name="operations">The further operations; if there are none, this commit is returned.</param>
    /// <exception cref="ArgumentException">The operations together break a rule of the constructor.</exception>
    public StateCommit Append(params IReadOnlyList<StateOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        return operations.Count == 0 ? this : new([.. Operations, .. operations], ETag) { Context = Context };
    }

    /// <summary>
    /// Returns a commit with the same tag and context, and with further operations before these. Use it for conditions
    /// that are judged first. The positions of these operations, and of their results, rise by the number of
    /// <paramref name="operations"/>.
    /// </summary>
    /// <param name="operations">The further operations; if there are none, this commit is returned.</param>
    /// <exception cref="ArgumentException">The operations together break a rule of the constructor.</exception>
    public StateCommit Prepend(params IReadOnlyList<StateOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        return operations.Count == 0 ? this : new([.. operations, .. Operations], ETag) { Context = Context };
    }

    /// <summary>Whether all operations are ones that the providers of this assembly know.</summary>
    internal bool AreOfLibrary { get; }

    /// <summary>The first operation that only another assembly's provider can know.</summary>
    internal StateOperation FirstForeign => Operations.First(static operation => !operation.IsOfLibrary);

    private static void CheckWriters(IReadOnlyList<StateOperation> operations)
    {
        HashSet<StateKey>? seen = operations.Count > FewOperations ? new(operations.Count) : null;
        for (var i = 0; i < operations.Count; i++)
        {
            var (key, writes) = (operations[i].Key, operations[i].IsWriter);
            if (!writes && operations[i] is not ExpireKey) continue;
            if (writes && (seen is null ? IsSettled(operations, i, key) : seen.Contains(key)))
                throw new ArgumentException($"A commit writes a key at most once, and sets its expiry only behind that: {key}.", nameof(operations));
            seen?.Add(key);
        }
    }

    // A few operations, which is what nearly every commit has, are compared without allocating.
    private static bool IsSettled(IReadOnlyList<StateOperation> operations, int before, StateKey key)
    {
        for (var i = 0; i < before; i++)
            if ((operations[i].IsWriter || operations[i] is ExpireKey) && operations[i].Key == key) return true;
        return false;
    }
}
