using System.Buffers;

namespace BluePlan.State;

/// <summary>Turns the host's values into bytes and back, instead of JSON. Used for session data, config values and the host's own data; the library's own records stay JSON.</summary>
/// <remarks>Implementations are thread-safe.</remarks>
public interface IStateSerializer
{
    /// <summary>Names the format, 128 to 255, and is stored with every value: a value of another format is refused, never misread.</summary>
    byte FormatId { get; }

    /// <summary>Writes a value.</summary>
    void Serialize<T>(T value, IBufferWriter<byte> destination);

    /// <summary>
    /// Reads what <see cref="Serialize{T}"/> wrote. Whatever it throws reaches the caller inside a <see
    /// cref="StateSchemaException"/>. A value of an earlier form of the type is the serializer's to upgrade.
    /// </summary>
    T Deserialize<T>(ReadOnlySpan<byte> source);
}
