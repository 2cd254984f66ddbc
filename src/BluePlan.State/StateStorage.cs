using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The provider, opened on first use. A failed open is tried again by the next call. Disposes the provider.</summary>
internal sealed class StateStorage(IStateProvider provider, int partitionCount) : IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private volatile bool _open;
    private bool _disposed;

    public IStateProvider Provider => provider;

    public int PartitionCount => partitionCount;

    /// <summary>Opens the store when it is not yet open; costs nothing afterwards.</summary>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => _open ? ValueTask.CompletedTask : OpenOnceAsync(cancellationToken);

    public ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        return _open ? provider.CommitAsync(commit, cancellationToken) : OpenFirst();

        async ValueTask<CommitResult> OpenFirst()
        {
            await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
            return await provider.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask<T?> ReadAsync<T>(StateRead<T> read, CancellationToken cancellationToken) where T : StateContent
    {
        return _open ? provider.ReadAsync(read, cancellationToken) : OpenFirst();

        async ValueTask<T?> OpenFirst()
        {
            await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
            return await provider.ReadAsync(read, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        return _open ? provider.ReadAsync(reads, cancellationToken) : OpenFirst();

        async ValueTask<IReadOnlyList<StateContent?>> OpenFirst()
        {
            await OpenOnceAsync(cancellationToken).ConfigureAwait(false);
            return await provider.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed) return;
            _disposed = true;
            await provider.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>For containers that are disposed synchronously, which would throw if there were only <see cref="DisposeAsync"/>. Waits for the provider.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async ValueTask OpenOnceAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_open) return;
            await provider.OpenAsync(partitionCount, cancellationToken).ConfigureAwait(false);
            _open = true;
        }
        finally
        {
            _opening.Release();
        }
    }
}
