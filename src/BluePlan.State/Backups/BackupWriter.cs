using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Turns records into chunks in a target, and counts and hashes what passes through for the manifest. Holds one chunk in memory, whatever comes.</summary>
internal sealed class BackupWriter(IBackupTarget target, BackupNames names, string id, int partitionCount, BackupLease lease, IProgress<BackupProgress>? progress) : IDisposable
{
    /// <summary>About how many bytes a record takes before it is cut.</summary>
    public const int PartBytes = ChunkFormat.TargetBytes / 4;

    private readonly PooledBuffer _records = new(ChunkFormat.TargetBytes + ChunkFormat.TargetBytes / 2);
    private readonly List<ManifestChunk> _chunks = [];
    private (int Records, int Keys, int FirstPartition, int LastPartition) _chunk = (0, 0, int.MaxValue, 0);

    /// <summary>What came so far.</summary>
    public BackupCount Count { get; } = new(partitionCount);

    /// <summary>Takes a record; writes a chunk when one is full.</summary>
    public async ValueTask AddAsync(StateRecord record, CancellationToken cancellationToken)
    {
        Count.Add(record);
        await lease.KeepAsync(cancellationToken).ConfigureAwait(false);
        foreach (var part in RecordSplitter.Split(record, PartBytes))
        {
            StateRecordCodec.Write(_records, part);
            var partition = part.Key.Partition;
            _chunk = (_chunk.Records + 1, _chunk.Keys + (part.Continues ? 0 : 1), Math.Min(_chunk.FirstPartition, partition), Math.Max(_chunk.LastPartition, partition));
            if (_records.Written.Length >= ChunkFormat.TargetBytes) await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the last chunk and answers all of them.</summary>
    public async Task<IReadOnlyList<ManifestChunk>> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_chunk.Records > 0) await FlushAsync(cancellationToken).ConfigureAwait(false);
        return _chunks;
    }

    public void Dispose() => _records.Dispose();

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        using var chunk = ChunkFormat.Pack(_records.Written.Span, _chunk.Records);
        var hash = ChunkFormat.Hash(chunk.Written.Span);
        var content = chunk.OpenRead();
        await using var closing = content.ConfigureAwait(false);
        await target.WriteAsync(names.Chunks(id) + hash, content, cancellationToken).ConfigureAwait(false);
        _chunks.Add(new(hash, chunk.Written.Length, _records.Written.Length, _chunk.Records, _chunk.Keys, _chunk.FirstPartition, _chunk.LastPartition));
        _records.Clear();
        _chunk = (0, 0, int.MaxValue, 0);
        progress?.Report(new(BackupStage.Creating, Count.Keys, null));
    }
}
