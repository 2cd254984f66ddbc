using System.Diagnostics.CodeAnalysis;
using System.Text;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>What a store's keys are called in Redis: <c>prefix:{tag}:shape:type:id</c>, the shape being d, m, l (and e, the list of a log's entries) or x. The marker is <c>prefix:store</c>.</summary>
/// <remarks>The hash tag is the first text in braces, and a prefix and a tag have none, so braces in an id decide nothing. The same bytes name the channel of a key's watchers.</remarks>
internal sealed class RedisKeys
{
    private const string Shapes = "dmlx";
    private const char Entries = 'e';
    private const char Staging = 's';
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[][] _partitions;
    private readonly int _prefixBytes;

    public RedisKeys(string prefix, int partitionCount)
    {
        _partitions = [.. Enumerable.Range(0, partitionCount).Select(partition => Utf8.GetBytes($"{prefix}:{{{HashTags.Of(partition)}}}:"))];
        _prefixBytes = prefix.Length + 2;
        Pattern = $"{prefix}:{{*";
        (Marker, Channel) = ($"{prefix}:store", $"{prefix}:store");
    }

    public int PartitionCount => _partitions.Length;

    /// <summary>Matches every key of the store but its marker.</summary>
    public string Pattern { get; }

    public RedisKey Marker { get; }

    /// <summary>Where processes tell each other to look at the marker again.</summary>
    public string Channel { get; }

    /// <summary>The letter of a key's shape.</summary>
    public static string Shape(StateKey key) => key.Shape switch
    {
        StateShape.Document => "d",
        StateShape.Map => "m",
        StateShape.Log => "l",
        _ => "x",
    };

    public byte[] Of(StateKey key) => Name(key, Shapes[(int)key.Shape], 0);

    /// <summary>What the names of those documents of a partition begin with whose ids begin with a text.</summary>
    public byte[] PrefixOf(int partition, string type, string idPrefix) => [.. _partitions[partition], .. Utf8.GetBytes($"{Shapes[(int)StateShape.Document]}:{type}:{idPrefix}")];

    /// <summary>The list of a log's entries.</summary>
    public byte[] EntriesOf(StateKey key) => Name(key, Entries, 0);

    /// <summary>Where an import gathers a key before it takes its place.</summary>
    public byte[] StagingOf(StateKey key) => Name(key, Staging, Shapes[(int)key.Shape]);

    /// <summary>Where an import gathers the list of a log's entries.</summary>
    public byte[] StagingOfEntries(StateKey key) => Name(key, Staging, Entries);

    /// <summary>What is written when only the writing matters; no name of an import's staging, and treated as one.</summary>
    /// <param name="name">A key of the partition.</param>
    public static byte[] TokenOf(byte[] name) => [.. name.AsSpan(0, name.AsSpan().IndexOf((byte)'}') + 2), (byte)Staging, .. ":token:"u8];

    /// <summary>What a name in Redis stands for; false when it is a part of something else: a log's list, or an import's staging.</summary>
    /// <exception cref="StateCorruptionException">It is no name of this store.</exception>
    public bool TryParse(ReadOnlySpan<byte> name, out StateKey key)
    {
        key = default;
        if (TrySplit(name, out var tag, out var shape, out var type, out var id) && HashTags.TryGetPartition(tag, out var partition) && partition < PartitionCount)
        {
            if (shape is Entries or Staging) return false;
            if (Shapes.IndexOf(shape, StringComparison.Ordinal) is var number and >= 0)
            {
                try
                {
                    key = new(partition, (StateShape)number, type, id);
                    return true;
                }
                catch (ArgumentException exception)
                {
                    throw Foreign(name, exception);
                }
            }
        }
        throw Foreign(name, null);
    }

    /// <summary>The name of the key that a name in Redis belongs to: its own, but for a log's list the log's. A staging name, which nobody will take up, stays what it is.</summary>
    public byte[] WholeOf(byte[] name)
    {
        var shape = _prefixBytes + name.AsSpan(_prefixBytes).IndexOf((byte)'}') + 2;
        if (name[shape] != (byte)Entries) return name;
        var whole = name.AsSpan().ToArray();
        whole[shape] = (byte)Shapes[(int)StateShape.Log];
        return whole;
    }

    private bool TrySplit(ReadOnlySpan<byte> name, [NotNullWhen(true)] out string? tag, out char shape, [NotNullWhen(true)] out string? type, [NotNullWhen(true)] out string? id)
    {
        (tag, shape, type, id) = (null, default, null, null);
        if (name.Length <= _prefixBytes) return false;
        var rest = name[_prefixBytes..];
        var end = rest.IndexOf("}:"u8);
        if (end < 0 || rest.Length < end + 4) return false;
        tag = Encoding.ASCII.GetString(rest[..end]);
        shape = (char)rest[end + 2];
        rest = rest[(end + 4)..];
        var colon = rest.IndexOf((byte)':');
        if (colon < 0) return false;
        try
        {
            (type, id) = (Utf8.GetString(rest[..colon]), Utf8.GetString(rest[(colon + 1)..]));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static StateCorruptionException Foreign(ReadOnlySpan<byte> name, Exception? inner) =>
        new($"The key '{Encoding.UTF8.GetString(name)}' has the store's prefix but is no key of it. Give the store a prefix that nobody else uses.", inner: inner);

    private byte[] Name(StateKey key, char shape, int staged)
    {
        var partition = _partitions[key.Partition];
        var idBytes = Utf8.GetByteCount(key.Id);
        var name = new byte[partition.Length + 2 + (staged == 0 ? 0 : 1) + key.Type.Length + 1 + idBytes];
        partition.CopyTo(name, 0);
        var at = partition.Length;
        name[at++] = (byte)shape;
        name[at++] = (byte)':';
        if (staged != 0) name[at++] = (byte)staged;
        at += Encoding.ASCII.GetBytes(key.Type, name.AsSpan(at));
        name[at++] = (byte)':';
        Utf8.GetBytes(key.Id, name.AsSpan(at));
        return name;
    }
}
