using System.Runtime.CompilerServices;

namespace BluePlan.State.Storage;

/// <summary>Shorter forms of the contract's calls.</summary>
public static class StateProviderExtensions
{
    /// <summary>Opens a store, and creates it if it does not exist.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="partitionCount">The number of partitions; if <c>null</c>, as <see cref="StateOpenOptions.PartitionCount"/> says.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <inheritdoc cref="IStateProvider.OpenAsync"/>
    public static ValueTask<StateStoreInfo> OpenAsync(this IStateProvider provider, int? partitionCount = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.OpenAsync(new StateOpenOptions { PartitionCount = partitionCount }, cancellationToken);
    }

    /// <summary>Answers one question; null when the key is absent or expired.</summary>
    public static ValueTask<T?> ReadAsync<T>(this IStateProvider provider, StateRead<T> read, CancellationToken cancellationToken = default) where T : StateContent
    {
        ArgumentNullException.ThrowIfNull(provider);
        var task = provider.ReadOneAsync(read, cancellationToken);
        return task.IsCompletedSuccessfully ? new((T?)task.Result) : Await(task);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<T?> Await(ValueTask<StateContent?> task) => (T?)await task.ConfigureAwait(false);
    }

    /// <summary>
    /// Reads a page of an index with its documents: by the read itself if the provider declares
    /// <see cref="StateCapabilities.PageReads"/>; otherwise, by a read of the index and one of the documents.
    /// </summary>
    /// <param name="provider">The provider.</param>
    /// <param name="read">The page.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <returns>The page; <c>null</c> if the index is absent or expired.</returns>
    public static ValueTask<PageContent?> ReadPageAsync(this IStateProvider provider, PageRead read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(read);
        return provider.Capabilities.HasFlag(StateCapabilities.PageReads) ? provider.ReadAsync(read, cancellationToken) : InTwoStepsAsync();

        async ValueTask<PageContent?> InTwoStepsAsync()
        {
            var index = await provider.ReadAsync(new IndexRead(read.Key, limit: read.Limit, descending: read.Descending, after: read.After), cancellationToken).ConfigureAwait(false);
            if (index is null) return null;
            var documents = index.Members.Select(member => read.DocumentOf(member.Member)).ToArray();
            var contents = await provider.ReadAsync([.. documents.OfType<StateKey>().Select(static key => new DocumentRead(key))], cancellationToken).ConfigureAwait(false);
            var items = new PageItem[documents.Length];
            for (int i = 0, next = 0; i < items.Length; i++) items[i] = new(index.Members[i], documents[i] is null ? null : (DocumentContent?)contents[next++]);
            return new(items, index.Count) { Expiry = index.Expiry };
        }
    }

    /// <summary>Refuses in the words of the contract what the provider does not declare.</summary>
    internal static void Require(this IStateProvider provider, StateCapabilities capability)
    {
        if (!provider.Capabilities.HasFlag(capability)) throw new NotSupportedException($"The provider '{provider.Name}' does not offer {capability}.");
    }
}
