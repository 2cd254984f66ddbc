namespace BluePlan.State.Storage;

/// <summary>One step of a <see cref="StateCommit"/>.</summary>
/// <remarks>
/// A provider refuses an operation that it does not know, so an assembly can define operations for a provider of its own.
/// A later version of the library adds operations as new types. A type that is here never gets a property that changes
/// what it does, since a provider that does not know the property would ignore it.
/// </remarks>
public abstract record StateOperation
{
    private const int FewNames = 8;

    /// <summary>Makes an operation for a provider that knows it.</summary>
    /// <param name="key">The key that it acts on.</param>
    /// <exception cref="ArgumentException">The key is <c>default</c>.</exception>
    protected StateOperation(StateKey key) => Key = key.Require();

    private protected StateOperation(StateKey key, StateShape? shape) => (Key, IsOfLibrary) = (shape is { } needed ? key.Require(needed, GetType()) : key.Require(), true);

    /// <summary>The key that it acts on.</summary>
    public StateKey Key { get; }

    /// <summary>The capabilities that a provider must declare for it.</summary>
    public virtual StateCapabilities Requires => StateCapabilities.None;

    /// <summary>Whether it changes the content of its key. A commit has at most one such operation a key.</summary>
    public virtual bool IsWriter => true;

    /// <summary>The bytes of the values and names that it carries, near enough for <see cref="StateLimits.MaximumCommitBytes"/>.</summary>
    public virtual long PayloadBytes => 0;

    /// <summary>Whether it is one of this assembly's, all of which the providers in it know.</summary>
    internal bool IsOfLibrary { get; }

    /// <summary>Returns what a provider throws for an operation that it does not know, before it writes anything.</summary>
    /// <param name="provider">The provider.</param>
    public NotSupportedException NotSupportedBy(IStateProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new($"The provider '{provider.Name}' does not know the operation {GetType().Name}. Nothing was written. {StateCapabilitiesText.Remedy(Requires)}");
    }

    private protected static ReadOnlyMemory<byte> CheckValue(ReadOnlyMemory<byte> value, string parameter) =>
        value.Length <= StateLimits.MaximumValueBytes ? value
        : throw new ArgumentException($"The value takes {value.Length:N0} bytes; at most {StateLimits.MaximumValueBytes:N0} are accepted. Keep it elsewhere and store a reference.", parameter);

    private protected static long CheckNumber(long number, string parameter) =>
        number is >= -StateLimits.MaximumNumber and <= StateLimits.MaximumNumber ? number
        : throw new ArgumentOutOfRangeException(parameter, number, $"Counters and scores stay within ±{StateLimits.MaximumNumber} (2^53 − 1).");

    private protected static IReadOnlyList<T> CheckList<T>(IReadOnlyList<T>? items, string parameter)
    {
        ArgumentNullException.ThrowIfNull(items, parameter);
        return items.Count > 0 ? items : throw new ArgumentException("The list is empty.", parameter);
    }

    /// <summary>Refuses a null, empty or repeated name.</summary>
    private protected static IReadOnlyList<T> CheckNames<T>(IReadOnlyList<T>? items, Func<T, string?> name, string parameter)
    {
        CheckList(items, parameter);
        var seen = items!.Count > FewNames ? new HashSet<string>(items.Count, StringComparer.Ordinal) : null;
        for (var i = 0; i < items.Count; i++)
        {
            var one = StateText.CheckName(name(items[i]), parameter);
            if (seen is null ? IsAmong(items, i, name, one) : !seen.Add(one)) throw new ArgumentException($"The name at position {i} is there twice.", parameter);
        }
        return items;
    }

    /// <summary>Adds up the bytes of items.</summary>
    private protected static long Sum<T>(IReadOnlyList<T> items, Func<T, long> bytes)
    {
        var sum = 0L;
        for (var i = 0; i < items.Count; i++) sum += bytes(items[i]);
        return sum;
    }

    // A few names, which is what nearly every operation has, are compared without allocating.
    private static bool IsAmong<T>(IReadOnlyList<T> items, int before, Func<T, string?> name, string one)
    {
        for (var i = 0; i < before; i++)
            if (name(items[i]) == one) return true;
        return false;
    }
}
