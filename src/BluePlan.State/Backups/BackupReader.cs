using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Reads the records of a backup chunk by chunk, and believes none that is not what was written.</summary>
internal sealed class BackupReader(IBackupTarget target, BackupNames names, BackupManifest manifest, IProgress<BackupProgress>? progress)
{
    /// <summary>The chunks that may hold something of a partition; null = all.</summary>
    public IReadOnlyList<ManifestChunk> ChunksOf(int? partition) =>
        partition is not { } only ? manifest.Chunks : [.. manifest.Chunks.Where(c => c.FirstPartition <= only && only <= c.LastPartition)];

    public string NameOf(ManifestChunk chunk) => names.Chunks(manifest.Id) + chunk.Hash;

    /// <summary>Reads chunks, and looks whether what is to be restored of them can be.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="fault">What is wrong with a record; null = nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateCorruptionException">One is missing or is not what was written, or a record is faulty.</exception>
    public async Task CheckAsync(IReadOnlyList<ManifestChunk> chunks, Func<StateRecord, string?> fault, CancellationToken cancellationToken)
    {
        var (done, total) = (0L, chunks.Sum(static c => c.StoredBytes));
        foreach (var chunk in chunks)
        {
            foreach (var record in await ReadChunkAsync(chunk, cancellationToken).ConfigureAwait(false))
                if (fault(record) is { } what) throw new StateCorruptionException(what, $"backup {manifest.Id}");
            progress?.Report(new(BackupStage.Checking, done += chunk.StoredBytes, total));
        }
    }

    /// <summary>The records of chunks, in order.</summary>
    /// <exception cref="StateCorruptionException">A chunk is missing or is not what was written.</exception>
    public async IAsyncEnumerable<StateRecord> ReadAsync(IReadOnlyList<ManifestChunk> chunks, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var chunk in chunks)
            foreach (var record in await ReadChunkAsync(chunk, cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return record;
            }
    }

    /// <summary>All records of a chunk. Their memory is their own, so they may be kept.</summary>
    /// <exception cref="StateCorruptionException">It is missing or is not what was written.</exception>
    public async Task<IReadOnlyList<StateRecord>> ReadChunkAsync(ManifestChunk chunk, CancellationToken cancellationToken)
    {
        using var stored = await ReadStoredAsync(chunk, cancellationToken).ConfigureAwait(false);
        try
        {
            using var unpacked = ChunkFormat.Unpack(stored.Written.Span, out var count);
            if (unpacked.Written.Length != chunk.RecordBytes || count != chunk.Records) throw new FormatException("has another number of records or bytes than the manifest says");
            return Decode(unpacked.Written.Span, chunk);
        }
        catch (Exception damage) when (damage is FormatException or StateCorruptionException)
        {
            throw Damaged(chunk, damage is FormatException ? damage.Message : $"cannot be read: {damage.Message}", damage);
        }
    }

    private List<StateRecord> Decode(ReadOnlySpan<byte> bytes, ManifestChunk chunk)
    {
        var records = new List<StateRecord>();
        var begun = bytes.Length - ChunkFormat.TargetBytes;
        while (!bytes.IsEmpty)
        {
            // A few compressed bytes can claim anything, so what is never written is not taken.
            if (bytes.Length <= begun) throw new FormatException("goes on behind the record with which a chunk ends");
            if (records.Count == chunk.Records) break;
            var record = StateRecordCodec.Read(bytes, out var consumed, manifest.PartitionCount, RecordSplitter.MostItems(BackupWriter.PartBytes));
            if (record.Key.Partition < chunk.FirstPartition || record.Key.Partition > chunk.LastPartition || record.Key.Partition >= manifest.PartitionCount) throw new FormatException("has records of other partitions than the manifest says");
            records.Add(record);
            bytes = bytes[consumed..];
        }
        return records.Count == chunk.Records && bytes.IsEmpty ? records : throw new FormatException("has another number of records than it says");
    }

    private async Task<PooledBuffer> ReadStoredAsync(ManifestChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.StoredBytes is < 0 or > ChunkFormat.MaximumBytes) throw Damaged(chunk, "is longer than any chunk can be, says the manifest");
        var stored = await BackupObjects.ReadAsync(target, NameOf(chunk), (int)chunk.StoredBytes, cancellationToken).ConfigureAwait(false) ?? throw Damaged(chunk, "is missing");
        if (stored.Written.Length == chunk.StoredBytes && ChunkFormat.Hash(stored.Written.Span) == chunk.Hash) return stored;
        var length = stored.Written.Length;
        stored.Dispose();
        throw Damaged(chunk, length < chunk.StoredBytes ? $"was cut off: it has {length:N0} bytes instead of {chunk.StoredBytes:N0}" : "was changed: its SHA-256 is not its name");
    }

    private StateCorruptionException Damaged(ManifestChunk chunk, string what, Exception? inner = null) =>
        new($"The chunk {NameOf(chunk)} of backup {manifest.Id} {what}. It is in {target.Description}.", $"backup {manifest.Id}", inner);
}
