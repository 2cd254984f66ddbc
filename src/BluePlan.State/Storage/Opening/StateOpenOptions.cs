namespace BluePlan.State.Storage;

/// <summary>Provides the settings for opening a store.</summary>
public sealed record StateOpenOptions
{
    /// <summary>The number of partitions of a new store whose settings give none: 32.</summary>
    public const int DefaultPartitionCount = 32;

    /// <summary>Gets what opening may do. The default is <see cref="StateOpenMode.Create"/>.</summary>
    public StateOpenMode Mode { get; init; }

    /// <summary>
    /// Gets the number of partitions: a power of two from 1 to <see cref="StateLimits.MaximumPartitions"/>. If
    /// <c>null</c>, which is the default, an existing store keeps its number, and a new store gets
    /// <see cref="DefaultPartitionCount"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is set to a number that is out of range.</exception>
    public int? PartitionCount
    {
        get;
        init => field = value is not { } count || (count is >= 1 and <= StateLimits.MaximumPartitions && int.IsPow2(count)) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The number of partitions is a power of two from 1 to {StateLimits.MaximumPartitions}.");
    }

    /// <summary>Gets the capabilities that a provider needs for these settings.</summary>
    public StateCapabilities Requires => Mode is StateOpenMode.ReadOnly ? StateCapabilities.ReadOnlyOpen : StateCapabilities.None;

    /// <summary>Creates the exception with which a provider refuses a mode that it does not know.</summary>
    /// <param name="provider">The provider.</param>
    public NotSupportedException NotSupportedBy(IStateProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new($"The provider '{provider.Name}' does not open a store in the mode {Mode}. Nothing was opened. {StateCapabilitiesText.Remedy(Requires)}");
    }
}
