using System.IO.Hashing;
using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State.Redis;

/// <summary>Shows everything: a page of names by SCAN, then all of them read in one flush, each key whole and as of one instant.</summary>
internal sealed class RedisExport(RedisConnection connection, RedisKeys keys, RedisReads reads)
{
    public async IAsyncEnumerable<StateRecord> RecordsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // SCAN may name a key twice. 128 bits of its name tell it from every other.
        var seen = new HashSet<UInt128>();
        await foreach (var names in KeyScan.PagesAsync(connection, keys, cancellationToken).ConfigureAwait(false))
        {
            var page = new List<StateKey>(names.Count);
            foreach (byte[]? name in names)
                if (keys.TryParse(name, out var key) && seen.Add(XxHash128.HashToUInt128(name))) page.Add(key);
            var contents = await Task.WhenAll(page.Select(key => reads.ReadAsync(Whole(key)).AsTask())).WaitAsync(cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < contents.Length; i++)
            {
                if (contents[i] is not { } content) continue;
                var continues = false;
                foreach (var part in RecordParts.Cut(content))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return new(page[i], part, continues) { PartitionCount = keys.PartitionCount };
                    continues = true;
                }
            }
        }
    }

    private static StateRead Whole(StateKey key) => key.Shape switch
    {
        StateShape.Document => new DocumentRead(key),
        StateShape.Map => new MapRead(key),
        StateShape.Log => new LogRead(key),
        _ => new IndexRead(key),
    };
}
