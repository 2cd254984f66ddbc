namespace BluePlan.State;

/// <summary>
/// One of the app's values as its serializer wrote it, without an envelope: what is encoded for each place that it is
/// stored at.
/// </summary>
/// <param name="Format">The format, see <see cref="IStateSerializer.FormatId"/>.</param>
/// <param name="Bytes">What the serializer wrote.</param>
internal readonly record struct SerializedValue(byte Format, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>What follows a head that has no value.</summary>
    public static readonly SerializedValue None = new(JsonStateSerializer.JsonFormat, default);
}
