using System.Runtime.CompilerServices;

namespace BluePlan.State.Storage;

/// <summary>The four shapes in memory: what the in-memory provider is, and what the file provider keeps a journal of.</summary>
internal sealed class StateEngine
{
    private const int TouchesAtOnce = 512;

    private readonly Partition[] _partitions;
    private readonly TimeProvider _time;
    private ICommitJournal? _journal;

    /// <param name="partitionCount">How many partitions there are.</param>
    /// <param name="time">The clock that expiry goes by.</param>
    /// <param name="watchers">Those who watch already; null = nobody does.</param>
    public StateEngine(int partitionCount, TimeProvider time, Watchers? watchers = null)
    {
        (_time, Watchers) = (time, watchers ?? new());
        _partitions = new Partition[partitionCount];
        for (var i = 0; i < partitionCount; i++) _partitions[i] = new(i);
    }

    public IReadOnlyList<Partition> Partitions => _partitions;

    public Watchers Watchers { get; }

    /// <summary>Where commits go from now on. Set once, before the first commit.</summary>
    public ICommitJournal Journal { set => _journal = value; }

    public ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<CommitResult>(cancellationToken);
        ArgumentNullException.ThrowIfNull(commit);
        var result = Commit(PartitionOf(commit.Operations[0].Key), commit, out var position, out var wrote);
        return IsAcknowledged(position) ? new(result) : _journal!.WaitAsync(position, result, wrote, cancellationToken);
    }

    public ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<StateContent?>(cancellationToken);
        ArgumentNullException.ThrowIfNull(read);
        var (content, position) = Answer(read);
        return IsAcknowledged(position) ? new(content) : _journal!.WaitAsync(position, content, wrote: false, cancellationToken);
    }

    public ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<IReadOnlyList<StateContent?>>(cancellationToken);
        ArgumentNullException.ThrowIfNull(reads);
        var contents = new StateContent?[reads.Count];
        long last = 0;
        for (var i = 0; i < contents.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(reads[i], nameof(reads));
            (contents[i], var position) = Answer(reads[i]);
            last = Math.Max(last, position);
        }
        return IsAcknowledged(last) ? new(contents) : _journal!.WaitAsync<IReadOnlyList<StateContent?>>(last, contents, wrote: false, cancellationToken);
    }

    public async IAsyncEnumerable<StateRecord> ExportAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var partition in _partitions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (keys, position, now) = Capture(partition);
            await AcknowledgedAsync(position, wrote: false, cancellationToken).ConfigureAwait(false);
            foreach (var node in keys.Nodes())
            {
                if (node.IsExpiredAt(now)) continue;
                foreach (var record in StoredParts.Of(partition.Number, node, _partitions.Length))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return record;
                }
            }
        }
    }

    /// <summary>A partition as of now, the journal's position of its last commit, and the time by which its keys are expired.</summary>
    public (KeySnapshot Keys, long Position, DateTimeOffset Now) Capture(Partition partition)
    {
        lock (partition.Gate) return (partition.Keys.TakeSnapshot(), partition.LastPosition, _time.GetUtcNow());
    }

    /// <summary>Imports key by key beside everything that is there.</summary>
    public async ValueTask MergeAsync(IAsyncEnumerable<StateRecord> records, CancellationToken cancellationToken)
    {
        long last = 0;
        try
        {
            await foreach (var key in AssembleAsync(records, cancellationToken).ConfigureAwait(false)) last = Restore(key);
        }
        finally
        {
            Watchers.SignalAll();
        }
        await AcknowledgedAsync(last, wrote: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Builds what is to replace everything there is, without touching it.</summary>
    public async ValueTask<Replacement> BuildReplacementAsync(IAsyncEnumerable<StateRecord> records, CancellationToken cancellationToken)
    {
        var replacement = new Replacement(_partitions.Length);
        await foreach (var key in AssembleAsync(records, cancellationToken).ConfigureAwait(false)) replacement.Add(key);
        return replacement;
    }

    /// <summary>Puts a replacement in the place of everything there is, while nobody else can read or write.</summary>
    /// <param name="replacement">What comes.</param>
    /// <param name="prepare">What has to happen first, under all locks, for instance on disk; it gets the logs whose sequence was moved last, and answers the position of the replacement. When it throws, all stays as it was.</param>
    public void Replace(Replacement replacement, Func<List<(StateKey Key, StoredLog Log)>, long>? prepare)
    {
        var locked = 0;
        try
        {
            for (; locked < _partitions.Length; locked++) _partitions[locked].Gate.Enter();
            var moved = replacement.KeepSequences(_partitions, _time.GetUtcNow());
            var position = prepare?.Invoke(moved) ?? 0;
            // Who reads without a lock must not see one partition replaced and then another one not yet.
            foreach (var partition in _partitions) partition.IsApplying = true;
            for (var i = 0; i < _partitions.Length; i++) _partitions[i].Replace(replacement.Tables[i], position);
        }
        finally
        {
            for (; locked > 0; _partitions[locked].Gate.Exit()) _partitions[--locked].IsApplying = false;
        }
        Watchers.SignalAll();
    }

    public IAsyncEnumerable<StateKey> Watch(StateKey key, CancellationToken cancellationToken)
    {
        PartitionOf(key.Require());
        return Watchers.WatchAsync(key, cancellationToken);
    }

    /// <summary>Removes everything that has expired.</summary>
    public void Sweep(CancellationToken cancellationToken)
    {
        foreach (var partition in _partitions) partition.SweepAll(_time.GetUtcNow(), cancellationToken);
    }

    /// <summary>Writes the expiry that touches have moved to the journal. Nobody waits for it.</summary>
    /// <param name="all">Whether also where it has moved so little that it is not due: then the journal knows what memory does.</param>
    public void JournalTouches(bool all)
    {
        if (_journal is not { } journal) return;
        foreach (var partition in _partitions)
        {
            IReadOnlyList<KeyNode> touched;
            lock (partition.Gate) touched = all ? partition.TakeDrifted() : partition.TakeTouched();
            // Others are let in between.
            foreach (var some in touched.Chunk(TouchesAtOnce))
                lock (partition.Gate)
                    if (journal.IsWritable && partition.ExpiryOf(some) is { Count: > 0 } changes) journal.Append(partition.Number, _time.GetUtcNow(), changes);
        }
    }

    private CommitResult Commit(Partition partition, StateCommit commit, out long position, out bool wrote)
    {
        wrote = false;
        lock (partition.Gate)
        {
            var now = _time.GetUtcNow();
            if (CommitConditions.FirstUnmet(partition, commit.Operations, now) is { } conflict)
            {
                position = partition.LastPosition;
                return new([], conflict);
            }
            var plan = new CommitPlan(partition, commit, now);
            if (plan.Changes.Count > 0) Apply(partition, plan.Changes, now);
            wrote = plan.Changes.Count > 0;
            position = partition.LastPosition;
            for (var i = 0; i < commit.Operations.Count; i++)
                if (commit.Operations[i] is NotifyWatchers notify) Watchers.Signal(notify.Key);
            partition.SweepSome(now);
            return new(plan.Results);
        }
    }

    private long Restore(RestoreChange key)
    {
        var partition = _partitions[key.Key.Partition];
        lock (partition.Gate)
        {
            var now = _time.GetUtcNow();
            if (key.Built is StoredLog log && partition.Find(key.Key, now)?.Content is StoredLog old && old.LastSequence > log.LastSequence)
            {
                log.LastSequence = old.LastSequence;
                key = key with { Parts = [.. key.Parts.Select(p => p with { Content = (LogContent)p.Content with { LastSequence = old.LastSequence } })] };
            }
            Apply(partition, [key], now);
            return partition.LastPosition;
        }
    }

    private void Apply(Partition partition, IReadOnlyList<StateChange> changes, DateTimeOffset now)
    {
        // Nothing is written to a partition whose keys cannot be built.
        _ = partition.Keys;
        var position = _journal?.Append(partition.Number, now, changes) ?? 0;
        try
        {
            partition.Apply(changes, position);
        }
        catch (Exception exception)
        {
            _journal?.Fail(exception);
            throw;
        }
    }

    private StateAnswer Answer(StateRead read) => PartitionReader.Answer(PartitionOf(read.Key), read, _time, _journal);

    private Partition PartitionOf(in StateKey key) =>
        key.Partition < _partitions.Length ? _partitions[key.Partition]
        : throw new ArgumentException($"The key's partition is {key.Partition}, and the store has {_partitions.Length}.");

    private bool IsAcknowledged(long position) => _journal is null || position <= _journal.Acknowledged;

    private async ValueTask AcknowledgedAsync(long position, bool wrote, CancellationToken cancellationToken)
    {
        if (!IsAcknowledged(position)) await _journal!.WaitAsync(position, true, wrote, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<RestoreChange> AssembleAsync(IAsyncEnumerable<StateRecord> records, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var assembler = new ImportAssembler(_partitions.Length, _time);
        await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (assembler.Add(record) is { } key) yield return key;
        }
        if (assembler.Complete() is { } last) yield return last;
    }
}
