using System.Buffers;
using System.Text;

namespace BluePlan.State.Conformance;

/// <summary>A host's serializer that knows texts only.</summary>
internal sealed class TextSerializer : IStateSerializer
{
    public byte FormatId => 200;

    public void Serialize<T>(T value, IBufferWriter<byte> destination) => destination.Write(Encoding.UTF8.GetBytes((string)(object)value!));

    public T Deserialize<T>(ReadOnlySpan<byte> source) => (T)(object)Encoding.UTF8.GetString(source);
}
