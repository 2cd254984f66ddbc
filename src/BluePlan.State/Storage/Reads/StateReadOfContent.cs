namespace BluePlan.State.Storage;

/// <summary>A question whose answer has a known type; see <see cref="StateProviderExtensions.ReadAsync{T}"/>.</summary>
/// <typeparam name="TContent">The type of the answer.</typeparam>
public abstract record StateRead<TContent> : StateRead where TContent : StateContent
{
    private protected StateRead(StateKey key, StateShape shape) : base(key, shape) { }
}
