using System.Text.Json.Serialization.Metadata;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>An opened envelope: bytes that are turned into types when asked for.</summary>
internal readonly struct DecodedValue(StateCodec codec, StateKey key, ReadOnlyMemory<byte> head, SerializedValue body)
{
    /// <summary>The body, to be stored elsewhere as it is.</summary>
    public SerializedValue Body => body;

    /// <exception cref="StateCorruptionException">It does not decode.</exception>
    public T ReadHead<T>(JsonTypeInfo<T> info) => StateCodec.ReadJson(key, head.Span, info);

    /// <summary>The head of what is read most often, by a reader of its own.</summary>
    /// <exception cref="StateCorruptionException">It does not decode.</exception>
    public T ReadHead<T>(JsonRead<T> read) => StateCodec.ReadJson(key, head.Span, read);

    /// <summary>The body as one of the library's own records.</summary>
    /// <exception cref="StateCorruptionException">It does not decode.</exception>
    public T ReadRecord<T>(JsonTypeInfo<T> info) => StateCodec.ReadJson(key, body.Bytes.Span, info);

    /// <summary>The body as one of the host's values.</summary>
    /// <exception cref="StateSchemaException">It does not fit the type, or was written by another serializer.</exception>
    /// <exception cref="StateCorruptionException">It does not decode.</exception>
    public T ReadBody<T>() => codec.ReadBody<T>(key, body);
}
