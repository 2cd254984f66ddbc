using System.Buffers;
using System.Security.Cryptography;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>What a store holds: each key with its bytes, ETags, sequences and expiry, so that equal contents compare as equal.</summary>
/// <remarks>Without the revisions of logs, since each import draws new ones. The conformance suite holds those across openings.</remarks>
internal sealed class ExactContents
{
    private readonly SortedDictionary<string, (string Bytes, StateExpiry Expiry)> _keys = new(StringComparer.Ordinal);

    public int Count => _keys.Count;

    public IEnumerable<string> Lines => LinesAt(DateTimeOffset.MinValue);

    public static async Task<ExactContents> OfAsync(IStateProvider provider)
    {
        var contents = new ExactContents();
        var parts = new Dictionary<StateKey, ArrayBufferWriter<byte>>();
        await foreach (var record in provider.ExportAsync(CancellationToken.None))
        {
            if (!parts.TryGetValue(record.Key, out var bytes)) parts[record.Key] = bytes = new();
            StateRecordCodec.Write(bytes, record.Content is LogContent log ? record with { Content = log with { Revision = default } } : record);
            contents._keys[Name(record.Key)] = ("", record.Content.Expiry);
        }
        foreach (var (key, bytes) in parts) contents._keys[Name(key)] = (Text(bytes.WrittenSpan), contents._keys[Name(key)].Expiry);
        return contents;
    }

    /// <summary>Whether this is what the other is once the time is now.</summary>
    public bool Is(ExactContents other, DateTimeOffset now) => LinesAt(now).SequenceEqual(other.LinesAt(now));

    /// <summary>In what this differs from another, for messages.</summary>
    public string Difference(ExactContents other, DateTimeOffset now)
    {
        var (mine, others) = (LinesAt(now).ToList(), other.LinesAt(now).ToList());
        return $"only there: {string.Join("; ", others.Except(mine))}\nonly expected: {string.Join("; ", mine.Except(others))}";
    }

    private IEnumerable<string> LinesAt(DateTimeOffset now) => _keys.Where(k => !k.Value.Expiry.IsExpiredAt(now)).Select(static k => $"{k.Key} {k.Value.Bytes}");

    private static string Name(StateKey key) => $"{key.Partition}/{key.Shape}/{key.Type}/{key.Id}";

    private static string Text(ReadOnlySpan<byte> bytes) => bytes.Length <= 64 ? Convert.ToHexString(bytes) : $"{bytes.Length}:{Convert.ToHexString(SHA256.HashData(bytes)[..8])}";
}
