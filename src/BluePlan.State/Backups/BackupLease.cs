using System.Globalization;

namespace BluePlan.State;

/// <summary>
/// Says that a backup is being made or deleted, so that what is left after a crash is found without listing every chunk, and what is still under way is left alone.
/// </summary>
/// <remarks>
/// <para>
/// Before its first write, and now and again while it works, a creation writes an empty object pending/ID/DEADLINE-RANDOM, the deadline in Unix milliseconds, and removes them when it has ended.
/// Once the last deadline has passed, anybody may remove what is there of ID, unless it has a manifest.
/// </para>
/// <para>
/// A creator that stood still, as a suspended machine does, may come back and write its manifest while a cleaner removes its chunks. So the cleaner first writes a claim and then looks for the
/// manifest, and the creator first writes the manifest and then looks for claims and for all of its own deadlines: at least one of the two sees the other and gives way. Clocks of
/// different machines may differ by less than the lifetime.
/// </para>
/// </remarks>
internal sealed class BackupLease(IBackupTarget target, BackupNames names, TimeProvider time, string id)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private const string ClaimPrefix = "claim-";

    private readonly HashSet<string> _deadlines = new(StringComparer.Ordinal);
    private DateTimeOffset _renewAt;

    /// <summary>Writes a deadline when the last one is a third gone.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < _renewAt) return;
        var deadline = (now + Lifetime).ToUnixTimeMilliseconds();
        var name = string.Create(CultureInfo.InvariantCulture, $"{names.Pending(id)}{deadline}-{BackupNames.RandomText()}");
        await WriteEmptyAsync(name, cancellationToken).ConfigureAwait(false);
        _deadlines.Add(name);
        _renewAt = now + Lifetime / 3;
    }

    /// <summary>To be asked after the manifest is written: whether the creation is still this one's, so that the backup is whole.</summary>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        var (missing, claims) = (new HashSet<string>(_deadlines, StringComparer.Ordinal), 0);
        await foreach (var pending in target.ListAsync(names.Pending(id), cancellationToken).ConfigureAwait(false))
            if (!missing.Remove(pending.Name)) claims++;
        return missing.Count == 0 && claims == 0;
    }

    /// <summary>Removes the deadlines.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => DeleteAllAsync(names.Pending(id), cancellationToken);

    /// <summary>Removes everything of a backup: the manifest first, so that it is gone at once, the deadlines last, so that a crash is found. False when there was no manifest.</summary>
    public async Task<bool> RemoveAllAsync(CancellationToken cancellationToken)
    {
        var existed = await target.DeleteAsync(names.Manifest(id), cancellationToken).ConfigureAwait(false);
        await DeleteAllAsync(names.Chunks(id), cancellationToken).ConfigureAwait(false);
        await EndAsync(cancellationToken).ConfigureAwait(false);
        return existed;
    }

    /// <summary>Deletes a backup that is there; false when it is not.</summary>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        var manifest = await target.OpenAsync(names.Manifest(id), cancellationToken).ConfigureAwait(false);
        if (manifest is null) return false;
        await manifest.DisposeAsync().ConfigureAwait(false);
        await KeepAsync(cancellationToken).ConfigureAwait(false);
        return await RemoveAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what crashed creations and deletions have left.</summary>
    public static async Task CleanUpAsync(IBackupTarget target, BackupNames names, TimeProvider time, CancellationToken cancellationToken)
    {
        var deadlines = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var pending in target.ListAsync(names.AllPending, cancellationToken).ConfigureAwait(false))
        {
            var id = BackupNames.SegmentAfter(names.AllPending, pending.Name);
            if (!BackupNames.IsId(id)) continue;
            var deadline = Deadline(pending.Name.AsSpan(Math.Min(names.Pending(id).Length, pending.Name.Length)));
            deadlines[id] = Math.Max(deadline, deadlines.GetValueOrDefault(id));
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (id, deadline) in deadlines)
            if (deadline < now) await new BackupLease(target, names, time, id).ClaimAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var claim = $"{names.Pending(id)}{ClaimPrefix}{BackupNames.RandomText()}";
        await WriteEmptyAsync(claim, cancellationToken).ConfigureAwait(false);
        var manifest = await target.OpenAsync(names.Manifest(id), cancellationToken).ConfigureAwait(false);
        if (manifest is not null)
        {
            // A whole backup whose creator did not get to remove its deadlines, or a deletion that did not begin.
            await manifest.DisposeAsync().ConfigureAwait(false);
            await EndAsync(cancellationToken).ConfigureAwait(false);
            return;
        }
        await DeleteAllAsync(names.Chunks(id), cancellationToken).ConfigureAwait(false);
        await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    private static long Deadline(ReadOnlySpan<char> segment)
    {
        var end = segment.IndexOf('-');
        return end > 0 && long.TryParse(segment[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var deadline) ? deadline : 0;
    }

    private async Task WriteEmptyAsync(string name, CancellationToken cancellationToken)
    {
        using var empty = new MemoryStream();
        await target.WriteAsync(name, empty, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAllAsync(string prefix, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var item in target.ListAsync(prefix, cancellationToken).ConfigureAwait(false)) found.Add(item.Name);
        foreach (var name in found) await target.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
    }
}
