namespace BluePlan.State.Storage;

/// <summary>A question to a store.</summary>
/// <remarks>
/// <para>Each is answered as of one instant; several in one call may be answered as of several. An absent or expired key answers null.</para>
/// <para>A provider refuses a read that it does not know, so an assembly can define reads for a provider of its own.</para>
/// </remarks>
public abstract record StateRead
{
    /// <summary>Makes a read for a provider that knows it.</summary>
    /// <param name="key">The key that is read.</param>
    /// <exception cref="ArgumentException">The key is <c>default</c>.</exception>
    protected StateRead(StateKey key) => Key = key.Require();

    private protected StateRead(StateKey key, StateShape shape)
    {
        if (key.Id is null || key.Shape != shape) key.Require(shape, GetType());
        (Key, IsOfLibrary) = (key, true);
    }

    /// <summary>The key that is read.</summary>
    public StateKey Key { get; }

    /// <summary>The capabilities that a provider must declare for it.</summary>
    public virtual StateCapabilities Requires => StateCapabilities.None;

    /// <summary>Whether it is one of this assembly's, all of which the providers in it know.</summary>
    internal bool IsOfLibrary { get; }

    /// <summary>Returns what a provider throws for a read that it does not know, before it reads or touches anything.</summary>
    /// <param name="provider">The provider.</param>
    public NotSupportedException NotSupportedBy(IStateProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new($"The provider '{provider.Name}' does not know the read {GetType().Name}. {StateCapabilitiesText.Remedy(Requires)}");
    }

    /// <summary>Refuses a null, empty, malformed or repeated name; no name at all is fine.</summary>
    private protected static IReadOnlyList<string> CheckNames(IReadOnlyList<string>? names, string parameter)
    {
        ArgumentNullException.ThrowIfNull(names, parameter);
        var seen = names.Count > 1 ? new HashSet<string>(names.Count, StringComparer.Ordinal) : null;
        for (var i = 0; i < names.Count; i++)
        {
            StateText.CheckName(names[i], parameter);
            if (seen?.Add(names[i]) is false) throw new ArgumentException($"The name at position {i} is there twice.", parameter);
        }
        return names;
    }

    private protected static int CheckLimit(int limit, string parameter) =>
        limit >= 0 ? limit : throw new ArgumentOutOfRangeException(parameter, limit, "A limit is zero, for counts only, or positive.");
}
