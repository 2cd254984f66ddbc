using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>
/// The marker: a HASH that says which format, store and number of partitions lie under the prefix, and whether a restore has begun and not ended. Made once, looked at when the store is
/// opened and again after every reconnect, since another server may answer then. A replica that takes over may not have heard of it yet: who knows the store puts it back.
/// </summary>
internal sealed partial class StoreMarker(RedisConnection connection, RedisKeys keys, ServerClock clock, ILogger logger) : IDisposable
{
    private const string Format = "1";
    private const string Restoring = "restoring";
    private static readonly RedisScript Script = ScriptFiles.Load("open");

    private readonly SemaphoreSlim _checking = new(1);
    private string? _store;
    private string _restoring = "";
    private int _wanted = 1;
    private int _checked;

    /// <summary>Whether nothing has happened since the last look that calls for another one.</summary>
    public bool IsChecked => Volatile.Read(ref _checked) == Volatile.Read(ref _wanted);

    /// <summary>Calls for another look before the next command.</summary>
    public void Doubt() => Interlocked.Increment(ref _wanted);

    /// <summary>Looks at the marker, and makes it when the prefix is unused.</summary>
    /// <param name="duringRestore">Whether a restore that has begun and not ended is no obstacle.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidOperationException">The store has another number of partitions.</exception>
    /// <exception cref="StateCorruptionException">There is data without a marker and this process does not know the store, or the format is unknown.</exception>
    /// <exception cref="StateUnavailableException">A restore has begun and not ended.</exception>
    public async Task CheckAsync(bool duringRestore, CancellationToken cancellationToken)
    {
        await _checking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsChecked) return;
            var wanted = Volatile.Read(ref _wanted);
            var marker = await ReadAsync(false, "").WaitAsync(cancellationToken).ConfigureAwait(false);
            if (marker is null && await FindKeyAsync(cancellationToken).ConfigureAwait(false) is { } key)
            {
                if (_store is not null) LogLost(_store);
                // Others who open the new store at the same moment may have made it and written to it between our look and our search.
                marker = await ReadAsync(_store is not null, _store ?? "").WaitAsync(cancellationToken).ConfigureAwait(false)
                    ?? throw new StateCorruptionException($"There are keys like '{key}' but no marker '{keys.Marker}' that tells how they were written. Restore the marker, or give the store an unused prefix.");
            }
            if (marker is null)
            {
                if (_store is not null) LogEmptied(_store);
                marker = await ReadAsync(true, _store ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            var (format, store, partitions, restoring) = ((string?)marker![0], (string?)marker[1], (string?)marker[2], (string?)marker[3]);
            if (format != Format) throw new StateCorruptionException($"The store under '{keys.Marker}' is of format {format}; this version knows format {Format}.");
            if (partitions != keys.PartitionCount.ToString(CultureInfo.InvariantCulture))
                throw new InvalidOperationException($"The store under '{keys.Marker}' in Redis at {connection.Servers} has {partitions} partitions, but PartitionCount is {keys.PartitionCount}. The number is fixed when a store is made. Set PartitionCount to {partitions}.");
            if (_store is not null && _store != store) LogOther(_store, store);
            (_store, _restoring) = (store, restoring ?? "");
            await clock.MeasureAsync(connection.Database).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_restoring.Length == 0) Volatile.Write(ref _checked, wanted);
            else if (!duringRestore) throw new StateUnavailableException($"A restore of the store under '{keys.Marker}' began at {restoring} and has not ended. Wait for it; if it failed, run it again.", false);
        }
        finally
        {
            _checking.Release();
        }
    }

    /// <summary>Makes every process refuse the store until <see cref="EndRestoreAsync"/>.</summary>
    public async Task BeginRestoreAsync()
    {
        _restoring = clock.Now.ToString("u", CultureInfo.InvariantCulture);
        await connection.Database.HashSetAsync(keys.Marker, Restoring, _restoring).ConfigureAwait(false);
        await AnnounceAsync().ConfigureAwait(false);
    }

    /// <summary>Lets them use it again, once they hear of it.</summary>
    public Task EndRestoreAsync()
    {
        _restoring = "";
        return connection.Database.HashDeleteAsync(keys.Marker, Restoring);
    }

    /// <summary>Tells every process to look at the marker, and at what it watches, again.</summary>
    public async Task AnnounceAsync()
    {
        Doubt();
        await connection.Multiplexer.GetSubscriber().PublishAsync(RedisChannel.Literal(keys.Channel), "").ConfigureAwait(false);
    }

    public void Dispose() => _checking.Dispose();

    private async Task<RedisResult[]?> ReadAsync(bool make, string store)
    {
        var reply = await connection.EvaluateAsync(Script, [keys.Marker], [make ? "1" : "", Format, store, keys.PartitionCount, _restoring]).ConfigureAwait(false);
        return reply.IsNull ? null : (RedisResult[])reply!;
    }

    /// <summary>Some key of the store; null when its prefix is unused.</summary>
    private async Task<string?> FindKeyAsync(CancellationToken cancellationToken)
    {
        await foreach (var page in KeyScan.PagesAsync(connection, keys, cancellationToken).ConfigureAwait(false))
            if (page.Count > 0) return Convert.ToString(page[0], CultureInfo.InvariantCulture);
        return null;
    }

    [LoggerMessage(2001, LogLevel.Error, "Redis came back without the store {Store}: its data is gone. An empty store takes its place. Check the server's persistence.")]
    private partial void LogEmptied(string store);

    [LoggerMessage(2004, LogLevel.Error, "Redis came back without the marker of the store {Store}, which is put back. Writes that were acknowledged just before may be lost as well: a replica that had not yet heard of them took over, or somebody deleted the marker.")]
    private partial void LogLost(string store);

    [LoggerMessage(2002, LogLevel.Warning, "Under the prefix lies another store than before: {Store} instead of {Before}.")]
    private partial void LogOther(string before, string? store);
}
