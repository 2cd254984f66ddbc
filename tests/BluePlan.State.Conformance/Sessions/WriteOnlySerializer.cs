using System.Buffers;
using System.Text;

namespace BluePlan.State.Conformance;

/// <summary>A serializer that writes texts and reads none.</summary>
internal sealed class WriteOnlySerializer : IStateSerializer
{
    public byte FormatId => 201;

    public void Serialize<T>(T value, IBufferWriter<byte> destination) => destination.Write(Encoding.UTF8.GetBytes((string)(object)value!));

    public T Deserialize<T>(ReadOnlySpan<byte> source) => throw new FormatException("Nothing is read.");
}
