using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// For each partition a hash of what it holds, whatever order keys, fields and members come in and however big keys are cut: so what a store shows can be compared with
/// what a backup of it says, also between providers.
/// </summary>
/// <remarks>
/// <para>
/// It is stored in manifests, so it never changes. A partition's hash is the sum modulo 2^128 of one XXH3-128 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md, seed 0, read as the number
/// that <see cref="XxHash128.GetCurrentHashAsUInt128"/> gives) for each key, field, entry and member. What is hashed, integers little-endian, texts in UTF-8 with
/// their length in bytes before them as 4 bytes, values likewise:
/// </para>
/// <code>
/// key      0, shape (1 byte), type, id, expiry, then of a document its ETag (16 bytes) and value, of a log its last sequence (8 bytes)
/// field    1, shape, type, id, name, then 0 and the bytes, or 1, the number of counters (4 bytes) and each counter (8 bytes)
/// entry    2, shape, type, id, sequence (8 bytes), value, then 0, or 1 and the entry's id
/// member   3, shape, type, id, member, score (8 bytes)
/// expiry   kind (1 byte), window, instant, cap (8 bytes each, in milliseconds, the latter two since 1970, −1 = none)
/// </code>
/// <para>A log's revision is not hashed, since every import draws its own.</para>
/// <para>It finds accidents, not forgeries: whoever can write the target can write a fitting manifest too.</para>
/// </remarks>
internal sealed class ContentHash(int partitionCount)
{
    private readonly UInt128[] _sums = new UInt128[partitionCount];
    private readonly XxHash128 _hash = new();
    private byte[] _text = new byte[1024];

    /// <summary>The hash of each partition, in 32 hexadecimal digits.</summary>
    public IReadOnlyList<string> ToList() => [.. _sums.Select(static sum => sum.ToString("x32", CultureInfo.InvariantCulture))];

    /// <summary>Takes a record in; its partition is in range.</summary>
    public void Add(StateRecord record)
    {
        var key = record.Key;
        if (!record.Continues) AddKey(key, record.Content);
        switch (record.Content)
        {
            case MapContent map:
                foreach (var (name, value) in map.Fields) AddField(key, name, value);
                break;
            case LogContent log:
                foreach (var entry in log.Entries) AddEntry(key, entry);
                break;
            case IndexContent index:
                foreach (var member in index.Members)
                {
                    Begin(3, key);
                    Text(member.Member);
                    Number(member.Score);
                    End(key);
                }
                break;
        }
    }

    private void AddKey(StateKey key, StateContent content)
    {
        Begin(0, key);
        var expiry = content.Expiry;
        Byte((byte)expiry.Kind);
        Number((long)expiry.Window.TotalMilliseconds);
        Number(expiry.Instant?.ToUnixTimeMilliseconds() ?? -1);
        Number(expiry.Cap?.ToUnixTimeMilliseconds() ?? -1);
        if (content is DocumentContent document)
        {
            Span<byte> tag = stackalloc byte[16];
            document.ETag.WriteTo(tag);
            _hash.Append(tag);
            Bytes(document.Value.Span);
        }
        else if (content is LogContent log)
        {
            Number(log.LastSequence);
        }
        End(key);
    }

    private void AddField(StateKey key, string name, MapValue value)
    {
        Begin(1, key);
        Text(name);
        Byte(value.IsCounters ? (byte)1 : (byte)0);
        if (value.IsCounters)
        {
            Length(value.Counters.Length);
            foreach (var counter in value.Counters.Span) Number(counter);
        }
        else
        {
            Bytes(value.Bytes.Span);
        }
        End(key);
    }

    private void AddEntry(StateKey key, LogEntry entry)
    {
        Begin(2, key);
        Number(entry.Sequence);
        Bytes(entry.Value.Span);
        Byte(entry.Id is null ? (byte)0 : (byte)1);
        if (entry.Id is not null) Text(entry.Id);
        End(key);
    }

    private void Begin(byte what, StateKey key)
    {
        _hash.Reset();
        Byte(what);
        Byte((byte)key.Shape);
        Text(key.Type);
        Text(key.Id);
    }

    private void End(StateKey key) => _sums[key.Partition] += _hash.GetCurrentHashAsUInt128();

    private void Byte(byte value) => _hash.Append(MemoryMarshal.CreateReadOnlySpan(ref value, 1));

    private void Length(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _hash.Append(bytes);
    }

    private void Number(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.Append(bytes);
    }

    private void Bytes(ReadOnlySpan<byte> value)
    {
        Length(value.Length);
        _hash.Append(value);
    }

    private void Text(string value)
    {
        if (_text.Length < Encoding.UTF8.GetMaxByteCount(value.Length)) _text = new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        Bytes(_text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text)));
    }
}
