namespace BluePlan.State.Storage;

/// <summary>Signals everyone who watches the key with <see cref="IStateProvider.WatchAsync"/>, once the commit has happened. Stores nothing; the key need not exist.</summary>
/// <remarks>Needs <see cref="StateCapabilities.Watch"/>; without it the provider throws <see cref="NotSupportedException"/> before it writes anything.</remarks>
public sealed record NotifyWatchers : StateOperation
{
    /// <inheritdoc cref="NotifyWatchers"/>
    public NotifyWatchers(StateKey key) : base(key, null) { }

    /// <inheritdoc/>
    public override StateCapabilities Requires => StateCapabilities.Watch;

    /// <inheritdoc/>
    public override bool IsWriter => false;
}
