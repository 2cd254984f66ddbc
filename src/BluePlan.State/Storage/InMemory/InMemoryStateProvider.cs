using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State.Storage;

/// <summary>Keeps state in this process's memory: for tests, and for processes whose state may go with them. Everything that the contract offers, but nothing outlives the provider.</summary>
/// <remarks>Safe for any number of threads. Expired keys leave memory as others are written, and all at once with <see cref="MaintainAsync"/>.</remarks>
public sealed partial class InMemoryStateProvider : IStateProvider
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private StateEngine? _engine;
    private volatile bool _disposed;

    /// <summary>An empty store.</summary>
    /// <param name="time">The clock that expiry goes by; null = the system's.</param>
    /// <param name="logger">Gets what is opened; null = nobody.</param>
    public InMemoryStateProvider(TimeProvider? time = null, ILogger<InMemoryStateProvider>? logger = null) =>
        (_time, _logger) = (time ?? TimeProvider.System, logger ?? (ILogger)NullLogger.Instance);

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public StateCapabilities Capabilities =>
        StateCapabilities.Export | StateCapabilities.Import | StateCapabilities.AtomicReplace | StateCapabilities.ConsistentExport | StateCapabilities.Watch | StateCapabilities.FieldConditions
        | StateCapabilities.LogRevisions | StateCapabilities.PageReads;

    internal StateEngine Engine => !_disposed && Volatile.Read(ref _engine) is { } engine ? engine : throw NotOpen();

    /// <inheritdoc/>
    /// <remarks>There is nothing in memory before the store is opened, so no mode but <see cref="StateOpenMode.Create"/> finds one.</remarks>
    public ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<StateStoreInfo>(cancellationToken);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (options.Mode is StateOpenMode.ExistingOnly) return ValueTask.FromException<StateStoreInfo>(NotFound());
        if (options.Mode is not StateOpenMode.Create) throw options.NotSupportedBy(this);
        var info = new StateStoreInfo(new Guid(RandomNumberGenerator.GetBytes(16)), options.PartitionCount ?? StateOpenOptions.DefaultPartitionCount, WasCreated: true);
        if (Interlocked.CompareExchange(ref _engine, new(info.PartitionCount, _time), null) is not null) throw new InvalidOperationException("The store is open already.");
        Opened(_logger, info.PartitionCount);
        return new(info);
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        ForeignTypes.Refuse(this, commit);
        return Engine.CommitAsync(commit, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        ForeignTypes.Refuse(this, reads);
        return Engine.ReadAsync(reads, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken)
    {
        ForeignTypes.Refuse(this, read);
        return Engine.ReadOneAsync(read, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(_time.GetUtcNow());

    /// <inheritdoc/>
    public IAsyncEnumerable<StateRecord> ExportAsync(CancellationToken cancellationToken) => Engine.ExportAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken)
    {
        var engine = Engine;
        cancellationToken.ThrowIfCancellationRequested();
        StoreShape.CheckImport(records, mode);
        if (mode is StateImportMode.Merge) await engine.MergeAsync(records, cancellationToken).ConfigureAwait(false);
        else engine.Replace(await engine.BuildReplacementAsync(records, cancellationToken).ConfigureAwait(false), null);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StateKey> WatchAsync(StateKey key, CancellationToken cancellationToken) => Engine.Watch(key, cancellationToken);

    /// <inheritdoc/>
    public ValueTask MaintainAsync(CancellationToken cancellationToken)
    {
        var engine = Engine;
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        engine.Sweep(cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        Volatile.Read(ref _engine)?.Watchers.Close();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(LogEvents.MemoryStoreOpened, LogLevel.Information, "The state store in memory is open: {Partitions} partitions. It ends with the process.")]
    private static partial void Opened(ILogger logger, int partitions);

    private static StateOpenException NotFound() =>
        new("There is no store in memory yet, and the mode is ExistingOnly. Open it with the mode Create.", StateOpenFault.NotFound);

    private Exception NotOpen() => _disposed ? new ObjectDisposedException(nameof(InMemoryStateProvider)) : new InvalidOperationException("Open the store first: call OpenAsync.");
}
