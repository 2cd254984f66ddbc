using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BluePlan.State;

/// <summary>System.Text.Json through the host's source-generated contexts, and by reflection where the host allows it.</summary>
internal sealed class JsonStateSerializer : IStateSerializer
{
    public const byte JsonFormat = 1;

    /// <summary>How deep JSON may nest that can be read back: the default of System.Text.Json.</summary>
    public const int MaximumDepth = 64;

    /// <summary>How everything that is stored is written.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = StrictJsonEncoder.Instance };

    private static readonly JsonWriterOptions BoundedOptions = WriterOptions with { MaxDepth = MaximumDepth };

    private readonly JsonSerializerOptions _options;

    /// <param name="contexts">The host's contexts, the first that knows a type.</param>
    /// <param name="allowReflection">Whether types that no context knows go by reflection, where the host allows it.</param>
    public JsonStateSerializer(IEnumerable<IJsonTypeInfoResolver> contexts, bool allowReflection = true)
    {
        _options = new();
        foreach (var context in contexts) _options.TypeInfoResolverChain.Add(context);
        _options.TypeInfoResolverChain.Add(StateJson.Default); // JsonElement, JsonObject and the plain types
        if (JsonSerializer.IsReflectionEnabledByDefault && allowReflection) _options.TypeInfoResolverChain.Add(Reflection());
        _options.MakeReadOnly();
    }

    public byte FormatId => JsonFormat;

    /// <exception cref="ArgumentException">It nests too deep to be read back, holds text that is not well-formed, or a
    /// converter fails that takes a part of it for another type.</exception>
    public void Serialize<T>(T value, IBufferWriter<byte> destination)
    {
        using var writer = new Utf8JsonWriter(destination, BoundedOptions);
        try
        {
            JsonSerializer.Serialize(writer, value, TypeInfo<T>());
        }
        catch (Exception exception) when (writer.CurrentDepth >= MaximumDepth && exception is (JsonException or InvalidOperationException))
        {
            throw new ArgumentException($"The value nests deeper than {MaximumDepth} levels in JSON, or holds itself, so it could not be read back.", nameof(value), exception);
        }
        catch (JsonException exception) when (exception.InnerException is InvalidOperationException cause)
        {
            // The same exceptions tell of a JsonElement that was read from text with an escape for half a surrogate
            // pair, which shows only when it is written, and of a converter that takes a JsonElement for another type.
            throw new ArgumentException(IsBrokenText(cause) ? "A text of the value is not well-formed, so it could not be read back. Remove the broken character."
                : "A converter of the value takes a part of it for another JSON type than it has, so it cannot be written. The inner exception says which types. Correct the converter.", nameof(value), exception);
        }
    }

    public T Deserialize<T>(ReadOnlySpan<byte> source) => JsonSerializer.Deserialize(source, TypeInfo<T>())!;

    /// <exception cref="NotSupportedException">No context knows the type, and reflection is off.</exception>
    public JsonTypeInfo<T> TypeInfo<T>() =>
        _options.TryGetTypeInfo(typeof(T), out var info) ? (JsonTypeInfo<T>)info
        : throw new NotSupportedException($"No JSON context knows {typeof(T)}. Add [JsonSerializable(typeof({typeof(T).Name}))] to a JsonSerializerContext and pass it to UseJson(…).");

    // System.Text.Json has no exception of its own for this. Apps that strip messages have the resource's name instead.
    private static bool IsBrokenText(InvalidOperationException exception) =>
        exception.InnerException is DecoderFallbackException || exception.Message.Contains("UTF-16", StringComparison.Ordinal) || exception.Message.Contains("UTF16", StringComparison.Ordinal);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only called where reflection-based serialization is enabled, which trimmed apps switch off.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only called where reflection-based serialization is enabled, which AOT apps switch off.")]
    private static DefaultJsonTypeInfoResolver Reflection() => new();
}
