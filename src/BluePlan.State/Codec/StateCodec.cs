using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Types above, bytes below: everything that a manager stores is encoded and decoded here, for the place that it is
/// stored at. Bytes that move to another place are encoded again for it, see <see cref="Reencode"/>.
/// </summary>
/// <remarks>
/// The payload of an envelope is a body alone, or a head, which is one line of JSON, a line feed, and the body. The
/// key's type determines which of the two. A document without bytes has no envelope.
/// </remarks>
internal sealed class StateCodec(IStateSerializer serializer, IReadOnlyList<JsonUpgrade>? upgrades = null, IStateEnvelope? envelope = null)
{
    private const byte HeadEnd = (byte)'\n';

    [ThreadStatic] private static Utf8JsonWriter? _writer;

    private readonly IStateEnvelope _envelope = envelope ?? StateEnvelope.Instance;

    /// <summary>Whether the host's values are JSON.</summary>
    public bool IsJson => serializer.FormatId == JsonStateSerializer.JsonFormat;

    /// <summary>Encodes one of the host's values.</summary>
    public PooledBuffer Encode<T>(ValueLocation location, T value) =>
        Fill(location, serializer.FormatId, (serializer, value), static (buffer, it) => it.serializer.Serialize(it.value, buffer));

    /// <summary>Encodes a record of the library's own: JSON, whatever the host's serializer.</summary>
    public PooledBuffer EncodeRecord<T>(ValueLocation location, T record, JsonTypeInfo<T> info) =>
        Fill(location, JsonStateSerializer.JsonFormat, (record, info), static (buffer, it) => Write(buffer, it.record, it.info));

    /// <summary>Encodes a head of the library's own before one of the host's values.</summary>
    public PooledBuffer Encode<THead, T>(ValueLocation location, THead head, JsonTypeInfo<THead> info, T body) =>
        Fill(location, serializer.FormatId, (head, info, serializer, body), static (buffer, it) =>
        {
            Write(buffer, it.head, it.info);
            buffer.Write(HeadEnd);
            it.serializer.Serialize(it.body, buffer);
        });

    /// <summary>Encodes a head of the library's own before a value that is serialized already.</summary>
    public PooledBuffer Encode<THead>(ValueLocation location, THead head, JsonTypeInfo<THead> info, SerializedValue body) =>
        Fill(location, body.Format, (head, info, body), static (buffer, it) =>
        {
            Write(buffer, it.head, it.info);
            buffer.Write(HeadEnd);
            buffer.Write(it.body.Bytes.Span);
        });

    /// <summary>Encodes a stored value for another place, whatever is in it. No bytes stay no bytes.</summary>
    /// <param name="from">Where it is stored.</param>
    /// <param name="to">Where it will be stored.</param>
    /// <param name="stored">What is stored.</param>
    /// <exception cref="StateCorruptionException">The bytes are not an envelope.</exception>
    /// <exception cref="StateVersionException">A newer version, or a feature, is needed to read it.</exception>
    public PooledBuffer Reencode(ValueLocation from, ValueLocation to, ReadOnlyMemory<byte> stored)
    {
        if (stored.IsEmpty) return new();
        var opened = _envelope.Open(from, stored);
        return Fill(to, opened.Format, opened.Bytes, static (buffer, payload) => buffer.Write(payload.Span));
    }

    /// <summary>Serializes one of the host's values that is encoded later, perhaps for several places.</summary>
    /// <param name="value">The value.</param>
    /// <param name="buffer">An empty buffer, which holds the result.</param>
    public SerializedValue Serialize<T>(T value, PooledBuffer buffer)
    {
        serializer.Serialize(value, buffer);
        return new(serializer.FormatId, buffer.Written);
    }

    /// <summary>The most bytes that a record of the library's own takes, wherever it is stored.</summary>
    public long Measure<T>(T record, JsonTypeInfo<T> info)
    {
        using var buffer = new PooledBuffer();
        Write(buffer, record, info);
        return buffer.Written.Length + (long)_envelope.MaxOverhead;
    }

    /// <summary>Opens a stored value that is one body.</summary>
    /// <exception cref="StateCorruptionException">The bytes are not an envelope.</exception>
    /// <exception cref="StateVersionException">A newer version, or a feature, is needed to read it.</exception>
    public DecodedValue Decode(ValueLocation location, ReadOnlyMemory<byte> stored) =>
        new(this, location.Key, default, _envelope.Open(location, stored));

    /// <summary>Opens a stored value that is a head and a body.</summary>
    /// <exception cref="StateCorruptionException">The bytes are not an envelope, or it has no head.</exception>
    /// <exception cref="StateVersionException">A newer version, or a feature, is needed to read it.</exception>
    public DecodedValue DecodeWithHead(ValueLocation location, ReadOnlyMemory<byte> stored)
    {
        var (format, payload) = _envelope.Open(location, stored);
        var end = payload.Span.IndexOf(HeadEnd);
        if (end < 0) throw new StateCorruptionException($"A value of {location.Key.Type} has no head.", Subject(location.Key));
        return new(this, location.Key, payload[..end], new(format, payload[(end + 1)..]));
    }

    internal T ReadBody<T>(StateKey key, SerializedValue value)
    {
        if (value.Format != serializer.FormatId)
            throw new StateSchemaException($"A value of {key.Type} was written in format {value.Format}, and the store is set up for format {serializer.FormatId}. Register the serializer that wrote it.", typeof(T), Subject(key));
        var body = value.Bytes.Span;
        try
        {
            return serializer.Deserialize<T>(body);
        }
        catch (Exception exception) when (exception is not (NotSupportedException or OutOfMemoryException))
        {
            if (IsJson && !IsWellFormed(body)) throw new StateCorruptionException($"A value of {key.Type} is not well-formed JSON.", Subject(key), exception);
            return IsJson && upgrades is { Count: > 0 } ? Upgrade<T>(key, body, exception) : throw DoesNotFit<T>(key, exception);
        }
    }

    /// <summary>Lets the app's upgrades of the type try one after the other.</summary>
    private T Upgrade<T>(StateKey key, ReadOnlySpan<byte> body, Exception cause)
    {
        var json = JsonNode.Parse(body);
        foreach (var upgrade in upgrades!.Where(static u => u.Type == typeof(T)))
        {
            if (json is null) break;
            try
            {
                json = upgrade.Upgrade(json);
                using var buffer = new PooledBuffer();
                using (var writer = new Utf8JsonWriter(buffer, JsonStateSerializer.WriterOptions))
                    if (json is not null) json.WriteTo(writer);
                if (json is not null) return serializer.Deserialize<T>(buffer.Written.Span);
            }
            catch (Exception exception) when (exception is not (NotSupportedException or OutOfMemoryException))
            {
                // The next upgrade may go on from here.
                cause = exception;
            }
        }
        throw DoesNotFit<T>(key, cause);
    }

    private static StateSchemaException DoesNotFit<T>(StateKey key, Exception exception) => new(
        $"A stored value of {key.Type} does not fit {typeof(T).Name}; which one it is stands in the exception's key. The type may have changed since: register an upgrade with {nameof(BluePlanStateBuilder.UpgradeJson)}, or read it as JsonElement.",
        typeof(T), Subject(key), exception);

    private static bool IsWellFormed(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
            }
            return Utf8.IsValid(json);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    internal static T ReadJson<T>(StateKey key, ReadOnlySpan<byte> json, JsonTypeInfo<T> info)
    {
        try
        {
            return JsonSerializer.Deserialize(json, info) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw Unreadable(key, exception);
        }
    }

    internal static T ReadJson<T>(StateKey key, ReadOnlySpan<byte> json, JsonRead<T> read)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            var value = read(ref reader);
            reader.Read(); // Throws when more follows.
            return value;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw Unreadable(key, exception);
        }
    }

    private static StateCorruptionException Unreadable(StateKey key, Exception exception) =>
        new($"The record of {key.Type} cannot be read; the inner exception says why.", Subject(key), exception);

    // Which one it is stands in the exception's key only: messages end up in logs, where names of users and keys have no place.
    internal static string Subject(StateKey key) => $"{key.Type} {key.Id?[(key.Id.IndexOf('/', StringComparison.Ordinal) + 1)..]}";

    private PooledBuffer Fill<T>(ValueLocation location, byte format, T content, Action<PooledBuffer, T> write)
    {
        var buffer = _envelope.Begin(format);
        try
        {
            write(buffer, content);
            return _envelope.Complete(location, buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static void Write<T>(PooledBuffer buffer, T record, JsonTypeInfo<T> info)
    {
        // One writer a thread; while it is lent, or after it failed, there is none, and the next call makes another.
        var writer = _writer;
        _writer = null;
        if (writer is null) writer = new(buffer, JsonStateSerializer.WriterOptions with { SkipValidation = true });
        else writer.Reset(buffer);
        JsonSerializer.Serialize(writer, record, info);
        writer.Flush();
        _writer = writer;
    }
}
