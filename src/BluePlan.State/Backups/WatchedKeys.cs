using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Gathers the keys whose watchers have to hear of a restore: those of configs.</summary>
internal sealed class WatchedKeys(IStateProvider provider)
{
    private const int CommitKeys = 256;

    private readonly bool _canWatch = provider.Capabilities.HasFlag(StateCapabilities.Watch);
    private readonly List<StateKey> _keys = [];

    public void Add(StateKey key)
    {
        if (_canWatch && StateTypes.Find(key.Type, key.Shape) == StateTypes.Config) _keys.Add(key);
    }

    public async Task NotifyAsync(CancellationToken cancellationToken)
    {
        foreach (var partition in _keys.GroupBy(static key => key.Partition))
            foreach (var keys in partition.Chunk(CommitKeys))
                await provider.CommitAsync(new([.. keys.Select(static key => new NotifyWatchers(key))]), cancellationToken).ConfigureAwait(false);
    }
}
