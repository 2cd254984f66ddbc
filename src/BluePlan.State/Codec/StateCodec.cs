using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Types above, bytes below: everything that a manager stores goes through here, so that what is stored names its format, and compression and encryption have one place.</summary>
/// <remarks>
/// <para>The envelope, version 1. Every stored value is:</para>
/// <code>
/// offset 0   1   version, 1
/// offset 1   1   format of the body: 1 = JSON, 128–255 = the host's serializer
/// offset 2   1   compression: 0 = none
/// offset 3   1   encryption: 0 = none
/// offset 4   …   payload
/// </code>
/// <para>The payload is the body alone, or a head, which is one line of JSON, a line feed, and the body. Which of the two is a matter of the key's type. Bytes
/// written by a released version decode for ever; a version, format, compression or encryption that is not known here is refused.</para>
/// </remarks>
internal sealed class StateCodec(IStateSerializer serializer, IReadOnlyList<JsonUpgrade>? upgrades = null)
{
    private const byte Version = 1;
    private const int HeaderBytes = 4;
    private const byte HeadEnd = (byte)'\n';

    [ThreadStatic] private static Utf8JsonWriter? _writer;

    /// <summary>Whether the host's values are JSON.</summary>
    public bool IsJson => serializer.FormatId == JsonStateSerializer.JsonFormat;

    /// <summary>One of the host's values.</summary>
    public PooledBuffer Encode<T>(T value)
    {
        var buffer = Begin(serializer.FormatId);
        try
        {
            serializer.Serialize(value, buffer);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>A record of the library's own: JSON, whatever the host's serializer.</summary>
    public static PooledBuffer EncodeRecord<T>(T record, JsonTypeInfo<T> info)
    {
        var buffer = Begin(JsonStateSerializer.JsonFormat);
        Write(buffer, record, info);
        return buffer;
    }

    /// <summary>A head of the library's own before one of the host's values.</summary>
    public PooledBuffer Encode<THead, T>(THead head, JsonTypeInfo<THead> info, T body)
    {
        var buffer = Begin(serializer.FormatId);
        try
        {
            Write(buffer, head, info);
            buffer.Write(HeadEnd);
            serializer.Serialize(body, buffer);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>A new head before a body that was read and stays as it is.</summary>
    public static PooledBuffer Encode<THead>(THead head, JsonTypeInfo<THead> info, DecodedValue old)
    {
        var buffer = Begin(old.Format);
        Write(buffer, head, info);
        buffer.Write(HeadEnd);
        buffer.Write(old.Body.Span);
        return buffer;
    }

    /// <summary>Opens a stored value that is one body.</summary>
    /// <exception cref="StateCorruptionException">It is not an envelope of a known version.</exception>
    public DecodedValue Decode(StateKey key, ReadOnlyMemory<byte> stored)
    {
        var (format, payload) = Open(key, stored);
        return new(this, key, format, default, payload);
    }

    /// <summary>Opens a stored value that is a head and a body.</summary>
    /// <exception cref="StateCorruptionException">It is not an envelope of a known version, or has no head.</exception>
    public DecodedValue DecodeWithHead(StateKey key, ReadOnlyMemory<byte> stored)
    {
        var (format, payload) = Open(key, stored);
        var end = payload.Span.IndexOf(HeadEnd);
        if (end < 0) throw new StateCorruptionException($"The value of {key.Type} has no head.", Subject(key));
        return new(this, key, format, payload[..end], payload[(end + 1)..]);
    }

    internal T ReadBody<T>(StateKey key, byte format, ReadOnlySpan<byte> body)
    {
        if (format != serializer.FormatId)
            throw new StateSchemaException($"A value of {key.Type} was written in format {format}, and the store is set up for format {serializer.FormatId}. Register the serializer that wrote it.", typeof(T), Subject(key));
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
    private static string Subject(StateKey key) => $"{key.Type} {key.Id?[(key.Id.IndexOf('/', StringComparison.Ordinal) + 1)..]}";

    private static PooledBuffer Begin(byte format)
    {
        var buffer = new PooledBuffer();
        buffer.Write(Version, format, 0, 0);
        return buffer;
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

    private static (byte Format, ReadOnlyMemory<byte> Payload) Open(StateKey key, ReadOnlyMemory<byte> stored)
    {
        var header = stored.Span;
        if (header.Length < HeaderBytes || header[0] != Version || header[2] != 0 || header[3] != 0)
            throw new StateCorruptionException($"The value of {key.Type} is not in a form this version reads. Perhaps a newer version wrote it.", Subject(key));
        return (header[1], stored[HeaderBytes..]);
    }
}
