using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Writes envelopes of version 1, and reads those of versions 1 and 2.</summary>
/// <remarks>
/// <code>
/// Version 1
/// offset 0   1   version, 1
/// offset 1   1   format of the body: 1 = JSON, 128–255 = the host's serializer
/// offset 2   1   0
/// offset 3   1   0
/// offset 4   …   payload
///
/// Version 2
/// offset 0   1   version, 2
/// offset 1   1   format of the body
/// offset 2   1   compression: 0 = none, 1 = Brotli, 2 = Zstandard
/// offset 3   1   encryption: 0 = none, 1 = XAES-256-GCM
/// offset 4   1   length of the key id, 0 to 32; 0 if the value is not encrypted
/// offset 5   …   key id
///            24  nonce, if the value is encrypted
///            …   payload; ciphertext if the value is encrypted
///            16  tag, if the value is encrypted
/// </code>
/// <para>A value that is compressed has the length of its payload, as a varint, before the compressed bytes.</para>
/// <para>Both versions are read by every later version of the library. This one neither compresses nor encrypts.</para>
/// </remarks>
internal sealed class StateEnvelope : IStateEnvelope
{
    public static readonly StateEnvelope Instance = new();

    private const byte Version1 = 1;
    private const byte Version2 = 2;
    private const byte LastVersion = 31; // What begins with a higher byte is text and no envelope.
    private const int Version1HeaderBytes = 4;
    private const int Version2HeaderBytes = 5;
    private const int MaxKeyIdBytes = 32;
    private const int EncryptedBytes = 24 + 16;

    private StateEnvelope() { }

    public int MaxOverhead => Version1HeaderBytes;

    public PooledBuffer Begin(byte format)
    {
        var buffer = new PooledBuffer();
        buffer.Write(Version1, format, 0, 0);
        return buffer;
    }

    public PooledBuffer Complete(ValueLocation location, PooledBuffer begun) => begun;

    public SerializedValue Open(ValueLocation location, ReadOnlyMemory<byte> stored)
    {
        var header = stored.Span;
        if (header.Length >= Version1HeaderBytes && header[0] is Version1)
            return header[2] is 0 && header[3] is 0 ? new(header[1], stored[Version1HeaderBytes..])
                : throw Malformed(location.Key);
        return OpenLater(location.Key, stored);
    }

    private static SerializedValue OpenLater(StateKey key, ReadOnlyMemory<byte> stored)
    {
        var header = stored.Span;
        if (header.Length > 0 && header[0] is > Version2 and <= LastVersion)
            throw new StateVersionException($"A value of {key.Type} is in version {header[0]} of the stored format; this version of the library reads versions 1 and 2. Update the library.", StateCodec.Subject(key));
        if (header.Length < Version2HeaderBytes || header[0] is not Version2) throw Malformed(key);
        var (compression, encryption, keyId) = (header[2], header[3], header[4]);
        var isEncrypted = encryption is not 0;
        if (isEncrypted ? keyId is 0 or > MaxKeyIdBytes : keyId is not 0) throw Malformed(key);
        if (isEncrypted && header.Length < Version2HeaderBytes + keyId + EncryptedBytes) throw Malformed(key);
        if (isEncrypted)
            throw new StateVersionException($"A value of {key.Type} is encrypted (method {encryption}), which this version of the library does not read. Update the library, and register the encryption that wrote it.", StateCodec.Subject(key));
        if (compression is not 0)
            throw new StateVersionException($"A value of {key.Type} is compressed (method {compression}), which this version of the library does not read. Update the library, and register the compression that wrote it.", StateCodec.Subject(key));
        return new(header[1], stored[Version2HeaderBytes..]);
    }

    private static StateCorruptionException Malformed(StateKey key) =>
        new($"A value of {key.Type} does not begin as a stored value does. Restore it from a backup.", StateCodec.Subject(key));
}
