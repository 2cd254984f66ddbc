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

    /// <summary>Refuses in the words of the contract what the provider does not declare.</summary>
    internal static void Require(this IStateProvider provider, StateCapabilities capability)
    {
        if (!provider.Capabilities.HasFlag(capability)) throw new NotSupportedException($"The provider '{provider.Name}' does not offer {capability}.");
    }
}
