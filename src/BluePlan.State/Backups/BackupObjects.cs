namespace BluePlan.State;

/// <summary>Reads whole objects of a target, never more than they may have.</summary>
internal static class BackupObjects
{
    /// <summary>The bytes of an object; null when it is absent. One that is longer is cut off behind <paramref name="most"/> and one byte more, so that the caller notices. The caller disposes the buffer.</summary>
    public static async Task<PooledBuffer?> ReadAsync(IBackupTarget target, string name, int most, CancellationToken cancellationToken)
    {
        var stream = await target.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        if (stream is null) return null;
        await using var closing = stream.ConfigureAwait(false);
        var buffer = new PooledBuffer(Math.Min(most, 64 * 1024));
        try
        {
            while (buffer.Written.Length <= most)
            {
                var room = buffer.GetMemory(4096);
                var read = await stream.ReadAsync(room[..Math.Min(room.Length, most + 1 - buffer.Written.Length)], cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                buffer.Advance(read);
            }
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
