using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The provider, opened on first use. A failed open is tried again by the next call. Disposes the provider.</summary>
/// <remarks>Whoever comes while it is opened shares that attempt and its outcome: with a store that is slow to fail, the hundredth caller waits no longer than the first. So no one caller's token ends it.</remarks>
/// <param name="provider">The provider.</param>
/// <param name="options">The options that it is opened with.</param>
/// <param name="within">The store that this one is a view of, and ends with; null = none.</param>
internal sealed class StateStorage(IStateProvider provider, StateOpenOptions options, StateStorage? within = null) : IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource _disposal = new();
    private readonly Lock _gate = new();
    private Task? _opening;
    private volatile StateStoreInfo? _info;
    private bool _disposed;

    public IStateProvider Provider => provider;

    /// <summary>The options that the store is opened with.</summary>
    public StateOpenOptions Options => options;

    /// <summary>The number of partitions, which is known once the store is open.</summary>
    /// <exception cref="InvalidOperationException">The store is not open.</exception>
    public int PartitionCount => _info is { } info ? info.PartitionCount
        : throw new InvalidOperationException("The number of partitions is known only once the store is open: the caller has not opened it.");

    /// <summary>What the provider offers, which never changes.</summary>
    public StateCapabilities Capabilities { get; } = provider.Capabilities;

    /// <summary>Whether somebody has tried to open the store.</summary>
    public bool WasTried
    {
        get
        {
            lock (_gate) return _opening is not null;
        }
    }

    /// <summary>Cancelled when the store is disposed.</summary>
    public CancellationToken Disposing => within?.Disposing ?? _disposal.Token;

    /// <summary>Opens the store if it is not open yet; costs nothing afterwards.</summary>
    public ValueTask<StateStoreInfo> OpenAsync(CancellationToken cancellationToken) => _info is { } info ? new(info) : OpenOnceAsync(cancellationToken);

    /// <exception cref="NotSupportedException">The provider does not declare what the commit requires.</exception>
    public ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken) =>
        (commit.Requires & ~Capabilities) != 0 ? throw Undeclared(commit)
        : _info is not null ? provider.CommitAsync(commit, cancellationToken) : OpenAndCommitAsync(commit, cancellationToken);

    public ValueTask<T?> ReadAsync<T>(StateRead<T> read, CancellationToken cancellationToken) where T : StateContent =>
        _info is not null ? provider.ReadAsync(read, cancellationToken) : OpenAndReadAsync(read, cancellationToken);

    /// <summary>The same without the type, one step shorter.</summary>
    public ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken) =>
        _info is not null ? provider.ReadOneAsync(read, cancellationToken) : OpenAndReadOneAsync(read, cancellationToken);

    /// <inheritdoc cref="StateProviderExtensions.ReadPageAsync"/>
    public ValueTask<PageContent?> ReadPageAsync(PageRead read, CancellationToken cancellationToken) =>
        _info is not null ? provider.ReadPageAsync(read, cancellationToken) : OpenAndReadPageAsync(read, cancellationToken);

    public ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken) =>
        _info is not null ? provider.ReadAsync(reads, cancellationToken) : OpenAndReadAsync(reads, cancellationToken);

    /// <summary>The store's time.</summary>
    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        _info is not null ? provider.GetTimeAsync(cancellationToken) : OpenAndGetTimeAsync(cancellationToken);

    /// <summary>Completes when what was read from a key's partition is safe: called before the answer that nothing is left to do.</summary>
    public ValueTask ConfirmAsync(StateKey key, CancellationToken cancellationToken) => provider.ConfirmAsync(key, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }
        await _disposal.CancelAsync().ConfigureAwait(false);
        if (_opening is { } opening) await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await provider.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For containers that are disposed synchronously, which would throw if there were only <see cref="DisposeAsync"/>. Waits for the provider.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    // Methods of their own, since a local function would make every call allocate what it captures.
    private async ValueTask<CommitResult> OpenAndCommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
        return await provider.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<DateTimeOffset> OpenAndGetTimeAsync(CancellationToken cancellationToken)
    {
        await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
        return await provider.GetTimeAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<T?> OpenAndReadAsync<T>(StateRead<T> read, CancellationToken cancellationToken) where T : StateContent
    {
        await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
        return await provider.ReadAsync(read, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<StateContent?> OpenAndReadOneAsync(StateRead read, CancellationToken cancellationToken)
    {
        await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
        return await provider.ReadOneAsync(read, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<PageContent?> OpenAndReadPageAsync(PageRead read, CancellationToken cancellationToken)
    {
        await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
        return await provider.ReadPageAsync(read, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<StateContent?>> OpenAndReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
        return await provider.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
    }

    private NotSupportedException Undeclared(StateCommit commit) => commit.Operations.First(operation => (operation.Requires & ~Capabilities) != 0).NotSupportedBy(provider);

    private async ValueTask<StateStoreInfo> OpenOnceAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task opening;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_opening is null or { IsFaulted: true } or { IsCanceled: true }) _opening = OwnThread.RunAsync(OpenProviderAsync);
            opening = _opening;
        }
        await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _info!;
    }

    private async Task OpenProviderAsync()
    {
        try
        {
            _info = await provider.OpenAsync(options, _disposal.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (_disposal.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(StateStorage), exception);
        }
    }
}
