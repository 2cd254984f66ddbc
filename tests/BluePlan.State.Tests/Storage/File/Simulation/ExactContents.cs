using System.Buffers;
using System.Security.Cryptography;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>
/// What a store holds: each key with its bytes, ETags, sequences, revision and expiry, so that equal contents compare as
/// equal. Every import draws revisions of its own: those that no commit has made count as the same.
/// </summary>
internal sealed class ExactContents
{
    private readonly SortedDictionary<string, (string Bytes, StateExpiry Expiry, StateETag Revision)> _keys = new(StringComparer.Ordinal);

    public int Count => _keys.Count;

    public IEnumerable<string> Lines => LinesAt(DateTimeOffset.MinValue, null);

    public static async Task<ExactContents> OfAsync(IStateProvider provider)
    {
        var contents = new ExactContents();
        var parts = new Dictionary<StateKey, ArrayBufferWriter<byte>>();
        await foreach (var record in provider.ExportAsync(CancellationToken.None))
        {
            if (!parts.TryGetValue(record.Key, out var bytes)) parts[record.Key] = bytes = new();
            var log = record.Content as LogContent;
            StateRecordCodec.Write(bytes, log is null ? record : record with { Content = log with { Revision = default } });
            contents._keys[Name(record.Key)] = ("", record.Content.Expiry, log?.Revision ?? default);
        }
        foreach (var (key, bytes) in parts) contents._keys[Name(key)] = contents._keys[Name(key)] with { Bytes = Text(bytes.WrittenSpan) };
        return contents;
    }

    /// <summary>Each key, with its revision if it is the tag of one of these commits.</summary>
    public IEnumerable<string> LinesBy(IReadOnlySet<StateETag> tags) => LinesAt(DateTimeOffset.MinValue, tags);

    /// <summary>Whether this is what the other is once the time is now.</summary>
    public bool Is(ExactContents other, DateTimeOffset now, IReadOnlySet<StateETag> tags) => LinesAt(now, tags).SequenceEqual(other.LinesAt(now, tags));

    /// <summary>In what this differs from another, for messages.</summary>
    public string Difference(ExactContents other, DateTimeOffset now, IReadOnlySet<StateETag> tags)
    {
        var (mine, others) = (LinesAt(now, tags).ToList(), other.LinesAt(now, tags).ToList());
        return $"only there: {string.Join("; ", others.Except(mine))}\nonly expected: {string.Join("; ", mine.Except(others))}";
    }

    private IEnumerable<string> LinesAt(DateTimeOffset now, IReadOnlySet<StateETag>? tags) =>
        _keys.Where(k => !k.Value.Expiry.IsExpiredAt(now)).Select(k => $"{k.Key} {k.Value.Bytes}{(k.Value.Revision.IsEmpty ? "" : tags?.Contains(k.Value.Revision) is false ? " revised" : $" revised {k.Value.Revision}")}");

    private static string Name(StateKey key) => $"{key.Partition}/{key.Shape}/{key.Type}/{key.Id}";

    private static string Text(ReadOnlySpan<byte> bytes) => bytes.Length <= 64 ? Convert.ToHexString(bytes) : $"{bytes.Length}:{Convert.ToHexString(SHA256.HashData(bytes)[..8])}";
}
