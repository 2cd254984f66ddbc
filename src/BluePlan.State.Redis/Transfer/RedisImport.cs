using System.Globalization;
using System.IO.Hashing;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Writes what an export showed, each key in one step, many of them on their way at once. Replacing writes first and then deletes what it did not write, so that logs keep their sequences.</summary>
/// <param name="connection">The connection.</param>
/// <param name="keys">What keys are called.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="restore">Told before the first write of an import that replaces the store; null = it merges.</param>
internal sealed class RedisImport(RedisConnection connection, RedisKeys keys, ServerClock clock, StoreMarker? restore)
{
    private const int OnTheirWay = 128;
    private static readonly RedisScript Script = ScriptFiles.Load("import");

    private readonly HashSet<UInt128> _written = [];
    private readonly Queue<(Task<RedisResult> Reply, byte[] Name)> _pending = new();
    private StateKey _key;
    private StateContent? _held;
    private StateETag _revision;
    private bool _begun;
    private bool _announced;

    /// <summary>Writes all records.</summary>
    /// <exception cref="ArgumentException">A record does not fit.</exception>
    public async Task WriteAsync(IAsyncEnumerable<StateRecord> records, CancellationToken cancellationToken)
    {
        await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Check(record);
            // Whether a part is the last one is known only once the next one has come.
            await SendHeldAsync(last: !record.Continues, cancellationToken).ConfigureAwait(false);
            // A reader may know the imported revision together with entries that the import does not have.
            if (!record.Continues) (_key, _begun, _revision) = (record.Key, false, StateETag.New());
            foreach (var part in RecordParts.Cut(record.Content))
            {
                await SendHeldAsync(last: false, cancellationToken).ConfigureAwait(false);
                _held = part;
            }
        }
        await SendHeldAsync(last: true, cancellationToken).ConfigureAwait(false);
        await TakeAsync(0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes every key that was not written, which is what makes a replacement whole.</summary>
    public async Task DeleteOthersAsync(CancellationToken cancellationToken)
    {
        await AnnounceAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var names in KeyScan.PagesAsync(connection, keys, cancellationToken).ConfigureAwait(false))
        {
            var others = names.Where(name => !_written.Contains(Hash(keys.WholeOf(name!)))).Select(name => connection.Commands.DeleteAsync(name));
            await Task.WhenAll(others).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Check(StateRecord record)
    {
        var key = record.Key;
        record.CheckPartitionCount(keys.PartitionCount);
        if (record.Continues && (_held is null || _key != key)) throw new ArgumentException($"{key} goes on without having begun.");
        var shape = record.Content switch
        {
            DocumentContent when !record.Continues => StateShape.Document,
            MapContent => StateShape.Map,
            LogContent => StateShape.Log,
            IndexContent => StateShape.Index,
            _ => throw new ArgumentException($"A document has one record, {key} has more."),
        };
        if (shape != key.Shape) throw new ArgumentException($"{record.Content.GetType().Name} is not what {key} holds.");
    }

    private async Task SendHeldAsync(bool last, CancellationToken cancellationToken)
    {
        if (_held is not { } content) return;
        await AnnounceAsync(cancellationToken).ConfigureAwait(false);
        _held = null;
        var name = keys.Of(_key);
        RedisKey[] names = _key.Shape is StateShape.Log ? [name, keys.EntriesOf(_key), keys.StagingOf(_key), keys.StagingOfEntries(_key)] : [name, keys.StagingOf(_key)];
        _pending.Enqueue((connection.EvaluateAsync(Script, names, Values(content, !_begun, last)).AsTask(), name));
        // The parts of a key follow each other; different keys need not.
        await TakeAsync(_begun || !last ? 0 : OnTheirWay, cancellationToken).ConfigureAwait(false);
        _begun = true;
    }

    // As late as can be: a source that fails before anything was written leaves the store as it was.
    private async ValueTask AnnounceAsync(CancellationToken cancellationToken)
    {
        if (restore is null || _announced) return;
        await restore.BeginRestoreAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        _announced = true;
    }

    private async Task TakeAsync(int leave, CancellationToken cancellationToken)
    {
        while (_pending.Count > leave)
        {
            var (reply, name) = _pending.Dequeue();
            var written = (long)await reply.WaitAsync(cancellationToken).ConfigureAwait(false) == 1;
            if (written && restore is not null) _written.Add(Hash(name));
        }
    }

    private RedisValue[] Values(StateContent content, bool first, bool last)
    {
        var plan = ExpiryPlan.Of(content.Expiry.Resolve(clock.Now));
        var values = new List<RedisValue> { RedisKeys.Shape(_key), plan.Mode == 'N' ? "" : plan.Lifetime, first ? "1" : "", last ? "1" : "" };
        switch (content)
        {
            case DocumentContent document:
                values.Add(DocumentHeader.Write(document.ETag, plan, document.Value.Span));
                break;
            case MapContent map:
                foreach (var (name, value) in map.Fields) { values.Add(name); values.Add(MapBytes.Write(value)); }
                break;
            case LogContent log:
                values.Add(log.LastSequence.ToString(CultureInfo.InvariantCulture));
                values.Add(LogBytes.Write(_revision));
                foreach (var entry in log.Entries) { values.Add(entry.Id ?? ""); values.Add(LogBytes.Write(entry.Sequence, entry.Id, entry.Value.Span)); }
                break;
            case IndexContent index:
                foreach (var member in index.Members) { values.Add(member.Score); values.Add(member.Member); }
                break;
        }
        return [.. values];
    }

    private static UInt128 Hash(byte[] name) => XxHash128.HashToUInt128(name);
}
