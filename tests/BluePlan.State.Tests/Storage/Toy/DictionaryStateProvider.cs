using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>
/// A whole provider on one immutable dictionary, written against the public contract alone: commits build the next dictionary and swap it. Correct, not fast. It shows what a
/// provider of one's own takes, and that the contract suffices.
/// </summary>
internal sealed class DictionaryStateProvider(DictionaryStore store, TimeProvider time, StateCapabilities capabilities) : IStateProvider
{
    private readonly CancellationTokenSource _disposal = new();
    private bool _open;
    private bool _isReadOnly;
    private bool _disposed;

    public string Name => "dictionary";

    public StateCapabilities Capabilities => capabilities;

    public ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (!Enum.IsDefined(options.Mode) || !capabilities.HasFlag(options.Requires)) throw options.NotSupportedBy(this);
        lock (store.Gate)
        {
            var isNew = store.PartitionCount == 0;
            if (isNew && options.Mode is not StateOpenMode.Create) throw new StateOpenException($"There is no store, and the mode is {options.Mode}.", StateOpenFault.NotFound);
            if (isNew) store.PartitionCount = options.PartitionCount ?? StateOpenOptions.DefaultPartitionCount;
            if (options.PartitionCount is { } count && count != store.PartitionCount)
                throw new StateOpenException($"The store was made with {store.PartitionCount} partitions and cannot be opened with {count}.", StateOpenFault.PartitionCount);
            (_open, _isReadOnly) = (true, options.Mode is StateOpenMode.ReadOnly);
            return new(new StateStoreInfo(store.Id, store.PartitionCount, isNew));
        }
    }

    public async ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        CheckPartition(commit.Operations[0].Key);
        if (commit.Operations.FirstOrDefault(operation => !DictionaryWrites.Knows(operation) || !capabilities.HasFlag(operation.Requires)) is { } unknown) throw unknown.NotSupportedBy(this);
        RefuseIfReadOnly();
        lock (store.Gate) return Commit(commit, time.GetUtcNow());
    }

    public async ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        if (reads.FirstOrDefault(read => !DictionaryReads.Knows(read) || !capabilities.HasFlag(read.Requires)) is { } unknown) throw unknown.NotSupportedBy(this);
        foreach (var read in reads) CheckPartition(read.Key);
        lock (store.Gate) return [.. reads.Select(Read)];
    }

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(time.GetUtcNow());

    public async IAsyncEnumerable<StateRecord> ExportAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Demand(StateCapabilities.Export);
        await EnterAsync(cancellationToken);
        var (contents, now) = (store.Contents, time.GetUtcNow());
        foreach (var (key, content) in contents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!content.Expiry.IsExpiredAt(now)) yield return new(key, content) { PartitionCount = store.PartitionCount };
        }
    }

    public async ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken)
    {
        Demand(StateCapabilities.Import);
        await EnterAsync(cancellationToken);
        RefuseIfReadOnly();
        var import = new DictionaryImport(store.PartitionCount);
        await foreach (var record in records.WithCancellation(cancellationToken)) import.Add(record);
        lock (store.Gate)
        {
            var now = time.GetUtcNow();
            var contents = mode is StateImportMode.Replace ? store.Contents.Clear() : store.Contents;
            foreach (var (key, content) in import.Contents.Where(imported => !imported.Value.Expiry.IsExpiredAt(now)))
                contents = contents.SetItem(key, content is not LogContent log ? content
                    : log with { LastSequence = Math.Max(log.LastSequence, (Live(key, now) as LogContent)?.LastSequence ?? 0), Revision = StateETag.New() });
            store.Contents = contents;
        }
    }

    public async IAsyncEnumerable<StateKey> WatchAsync(StateKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Demand(StateCapabilities.Watch);
        await EnterAsync(cancellationToken);
        CheckPartition(key);
        var signals = Channel.CreateBounded<StateKey>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        signals.Writer.TryWrite(key);
        lock (store.Gate) store.Watchers = store.Watchers.Add((key, signals));
        try
        {
            using var ended = _disposal.Token.Register(() => signals.Writer.TryComplete());
            await foreach (var signal in signals.Reader.ReadAllAsync(cancellationToken)) yield return signal;
        }
        finally
        {
            lock (store.Gate) store.Watchers = store.Watchers.Remove((key, signals));
        }
    }

    public async ValueTask MaintainAsync(CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        if (_isReadOnly) return;
        lock (store.Gate)
        {
            var now = time.GetUtcNow();
            store.Contents = store.Contents.RemoveRange(store.Contents.Where(item => item.Value.Expiry.IsExpiredAt(now)).Select(item => item.Key));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _disposal.CancelAsync();
        _disposal.Dispose();
    }

    private CommitResult Commit(StateCommit commit, DateTimeOffset now)
    {
        for (var i = 0; i < commit.Operations.Count; i++)
            if (DictionaryConditions.Unmet(commit.Operations[i], Live(commit.Operations[i].Key, now)) is { } conflict)
                return new([], conflict with { Operation = i });

        var next = store.Contents.ToBuilder();
        var results = new List<OperationResult>();
        foreach (var operation in commit.Operations)
        {
            var was = next.TryGetValue(operation.Key, out var there) && !there.Expiry.IsExpiredAt(now) ? there : null;
            var (content, result) = DictionaryWrites.Apply(operation, was, commit.ETag, now);
            if (content is null) next.Remove(operation.Key); else next[operation.Key] = content;
            results.Add(result);
        }
        store.Contents = next.ToImmutable();

        foreach (var notify in commit.Operations.OfType<NotifyWatchers>())
            foreach (var watcher in store.Watchers.Where(watcher => watcher.Key == notify.Key)) watcher.Signals.Writer.TryWrite(notify.Key);
        return new(results);
    }

    private StateContent? Read(StateRead read)
    {
        var now = time.GetUtcNow();
        if (read is UnionRead union) return DictionaryReads.Unite(union, [.. union.Keys.Select(key => Live(key, now)).OfType<IndexContent>()]);
        if (Live(read.Key, now) is not { } content) return null;
        if (read is PageRead page) return DictionaryReads.Page(page, (IndexContent)content, key => Live(key, now));
        if (read is DocumentRead { Touch: { } touch } && !_isReadOnly)
        {
            content = content with { Expiry = content.Expiry.Slide(touch, now) };
            store.Contents = store.Contents.SetItem(read.Key, content);
        }
        if (content is LogContent log && !capabilities.HasFlag(StateCapabilities.LogRevisions)) content = log with { Revision = default };
        return DictionaryReads.Show(read, content);
    }

    private StateContent? Live(StateKey key, DateTimeOffset now) =>
        store.Contents.TryGetValue(key, out var content) && !content.Expiry.IsExpiredAt(now) ? content : null;

    private ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_open) throw new InvalidOperationException($"The provider '{Name}' is not open: call OpenAsync first.");
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    private void RefuseIfReadOnly()
    {
        if (_isReadOnly) throw new StateUnavailableException($"The store is open in the mode {StateOpenMode.ReadOnly}.", mayHaveBeenWritten: false);
    }

    private void CheckPartition(StateKey key)
    {
        if (key.Partition >= store.PartitionCount) throw new ArgumentException($"The store has {store.PartitionCount} partitions, so {key} is not in it.");
    }

    private void Demand(StateCapabilities capability)
    {
        if (!capabilities.HasFlag(capability)) throw new NotSupportedException($"The provider '{Name}' does not offer {capability}.");
    }
}
