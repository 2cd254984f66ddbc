namespace BluePlan.State.Storage;

/// <summary>A provider that passes everything on to another: derive from it to count, cache, mirror, delay or fail calls. Owns and disposes the inner one.</summary>
/// <remarks>Single reads go through <see cref="ReadAsync"/>, so overriding that one sees every read; override both for speed.</remarks>
public abstract class DelegatingStateProvider : IStateProvider
{
    /// <summary>Wraps a provider.</summary>
    /// <param name="inner">What everything is passed on to.</param>
    protected DelegatingStateProvider(IStateProvider inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <summary>What everything is passed on to.</summary>
    protected IStateProvider Inner { get; }

    /// <inheritdoc/>
    public virtual string Name => Inner.Name;

    /// <inheritdoc/>
    public virtual StateCapabilities Capabilities => Inner.Capabilities;

    /// <inheritdoc/>
    public virtual ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => Inner.OpenAsync(options, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken) => Inner.CommitAsync(commit, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken) => Inner.ReadAsync(reads, cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken) =>
        (await ReadAsync([read], cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public virtual ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => Inner.GetTimeAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask ConfirmAsync(StateKey key, CancellationToken cancellationToken) => Inner.ConfirmAsync(key, cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<StateRecord> ExportAsync(CancellationToken cancellationToken) => Inner.ExportAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken) => Inner.ImportAsync(records, mode, cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<StateKey> WatchAsync(StateKey key, CancellationToken cancellationToken) => Inner.WatchAsync(key, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask MaintainAsync(CancellationToken cancellationToken) => Inner.MaintainAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }
}
