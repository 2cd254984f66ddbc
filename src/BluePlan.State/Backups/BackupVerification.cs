using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Looks for damage in one backup and gathers what it finds.</summary>
internal sealed class BackupVerification(IBackupTarget target, BackupNames names, BackupManifest manifest, IProgress<BackupProgress>? progress)
{
    private readonly BackupReader _reader = new(target, names, manifest, progress);
    private readonly List<BackupFault> _faults = [];
    private long _bytesRead;

    public async Task<BackupCheck> RunAsync(BackupDepth depth, CancellationToken cancellationToken)
    {
        await CheckObjectsAsync(cancellationToken).ConfigureAwait(false);
        if (depth >= BackupDepth.Content) await CheckContentAsync(cancellationToken).ConfigureAwait(false);
        // What cannot be read cannot be restored either, and was said already.
        if (depth >= BackupDepth.RestoreDrill && _faults.Count == 0) await DrillAsync(cancellationToken).ConfigureAwait(false);
        return new(manifest.Id, depth, _faults, _bytesRead);
    }

    private async Task CheckObjectsAsync(CancellationToken cancellationToken)
    {
        var there = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var item in target.ListAsync(names.Chunks(manifest.Id), cancellationToken).ConfigureAwait(false)) there[item.Name] = item.Bytes;
        foreach (var chunk in manifest.Chunks)
        {
            var name = _reader.NameOf(chunk);
            if (!there.TryGetValue(name, out var bytes)) Fault(name, "It is missing.");
            else if (bytes != chunk.StoredBytes) Fault(name, $"It has {bytes:N0} bytes instead of {chunk.StoredBytes:N0}.");
        }
        if (manifest.PartitionHashes.Count != manifest.PartitionCount) Fault(names.Manifest(manifest.Id), "It has another number of partition hashes than of partitions.");
    }

    private async Task CheckContentAsync(CancellationToken cancellationToken)
    {
        var (count, done, whole) = (new BackupCount(manifest.PartitionCount), 0L, true);
        foreach (var chunk in manifest.Chunks)
        {
            try
            {
                foreach (var record in await _reader.ReadChunkAsync(chunk, cancellationToken).ConfigureAwait(false))
                {
                    count.Add(record);
                    if (RecordRules.Fault(record) is { } fault) Fault(_reader.NameOf(chunk), fault);
                }
                _bytesRead += chunk.StoredBytes;
            }
            catch (StateCorruptionException damage)
            {
                whole = false;
                Fault(_reader.NameOf(chunk), damage.Message);
            }
            progress?.Report(new(BackupStage.Checking, done += chunk.StoredBytes, manifest.StoredBytes));
        }
        if (whole) Compare(count, "The records do not add up to what the manifest says");
    }

    private async Task DrillAsync(CancellationToken cancellationToken)
    {
        // On a clock that stands still long ago nothing has expired, so the store must show exactly what was backed up.
        var memory = new InMemoryStateProvider(new StoppedTime());
        await using var closing = memory.ConfigureAwait(false);
        await memory.OpenAsync(manifest.PartitionCount, cancellationToken).ConfigureAwait(false);
        var transfer = new StateTransfer(memory, new("", StateParts.All, null, manifest.PartitionCount), RestoreMode.Replace, usage: null, progress);
        await transfer.RunAsync(cancel => _reader.ReadAsync(manifest.Chunks, cancel), manifest.Keys, cancellationToken).ConfigureAwait(false);

        var count = new BackupCount(manifest.PartitionCount);
        await foreach (var record in memory.ExportAsync(cancellationToken).ConfigureAwait(false)) count.Add(record);
        Compare(count, "Restored into memory it is not what the manifest says");
    }

    private void Compare(BackupCount count, string what)
    {
        if (!count.Types.SequenceEqual(manifest.Types)) Fault(null, $"{what}: the numbers of keys differ.");
        var partitions = count.PartitionHashes.Zip(manifest.PartitionHashes).Select(static (pair, i) => (pair.First == pair.Second, i)).Where(static p => !p.Item1).Select(static p => p.i).ToArray();
        if (partitions.Length > 0) Fault(null, $"{what}: the content differs in partition {string.Join(", ", partitions)}.");
    }

    private void Fault(string? name, string message)
    {
        // A missing or shorter chunk is found by the listing already.
        if (name is null || !_faults.Exists(f => f.Object == name)) _faults.Add(new(name, message));
    }
}
