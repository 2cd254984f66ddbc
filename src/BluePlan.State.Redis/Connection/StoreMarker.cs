using System.Globalization;
using System.Security.Cryptography;
using BluePlan.State.Storage;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>
/// The marker: a HASH that says which format, store and number of partitions lie under the prefix, to which primary the store has come, and whether a restore has begun and not ended. Made once, looked at when the
/// store is opened, after every reconnect and once a second, since another server may answer by then, or it may have been flushed or evicted. A process that knows the store puts it back.
/// </summary>
internal sealed partial class StoreMarker(RedisConnection connection, RedisKeys keys, StateOpenOptions options, PrimaryElection election, ServerClock clock, ILogger logger)
{
    private const string Format = "1";
    private const string Restoring = "restoring";
    private static readonly RedisScript Script = ScriptFiles.Load("open");
    // How long a process that finds a store without a marker waits for the processes that know it to put it back.
    private static readonly TimeSpan AppealLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AppealPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private Task? _looking;
    private string? _store;
    private string? _made;
    private string _restoring = "";
    private readonly bool _writes = options.Mode is not StateOpenMode.ReadOnly;
    private int _wanted = 1;
    private int _checked;

    /// <summary>Which store it is; null before the first look that found it.</summary>
    public StateStoreInfo? Info { get; private set; }

    /// <summary>Whether nothing has happened since the last look that calls for another one.</summary>
    public bool IsChecked => Volatile.Read(ref _checked) == Volatile.Read(ref _wanted);

    /// <summary>Calls for another look before the next command.</summary>
    public void Doubt() => Interlocked.Increment(ref _wanted);

    /// <summary>Looks at the marker, and makes it when the prefix is unused and the mode creates stores. Callers that come at the same time share one look.</summary>
    /// <param name="duringRestore">Whether a restore that has begun and not ended is no obstacle.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateOpenException">There is no store and none may be made, it has another number of partitions, or its format is unknown.</exception>
    /// <exception cref="StateCorruptionException">There is data without a marker and no process that knows the store, or the marker is damaged.</exception>
    /// <exception cref="StateUnavailableException">There is no primary, or a restore has begun and not ended.</exception>
    public async Task CheckAsync(bool duringRestore, CancellationToken cancellationToken)
    {
        var look = ShareLookAsync(out var isOwn);
        await look.WaitAsync(cancellationToken).ConfigureAwait(false);
        // That look may have begun before what called for this one, or before a restore ended.
        if (!IsChecked && (_restoring.Length == 0 || !isOwn)) await ShareLookAsync(out _).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_restoring is { Length: > 0 } since && !duringRestore)
            throw new StateUnavailableException($"A restore of the store under '{keys.Marker}' in Redis at {connection.Servers} began at {since} and has not ended. Wait for it; if it failed, run it again.", false);
    }

    /// <summary>Looks although nothing calls for it. What is found calls for a look before the next command, unless all is well.</summary>
    public async Task ProbeAsync()
    {
        try
        {
            await ShareLookAsync(out _).ConfigureAwait(false);
            if (_restoring.Length > 0) Doubt();
        }
        catch (Exception exception) when (!RedisFaults.IsFault(exception))
        {
            // Not because a server does not answer: commands find out by themselves.
            Doubt();
            throw;
        }
    }

    /// <summary>Makes every process refuse the store until <see cref="EndRestoreAsync"/>.</summary>
    public async Task BeginRestoreAsync()
    {
        _restoring = clock.Now.ToString("u", CultureInfo.InvariantCulture);
        await connection.Commands.ExecuteAsync("HSET", keys.Marker, Restoring, _restoring).ConfigureAwait(false);
        await AnnounceAsync().ConfigureAwait(false);
    }

    /// <summary>Lets them use it again, once they hear of it.</summary>
    public Task EndRestoreAsync()
    {
        _restoring = "";
        return connection.Commands.ExecuteAsync("HDEL", keys.Marker, Restoring);
    }

    /// <summary>Tells every process to look at the marker, and at what it watches, again.</summary>
    public async Task AnnounceAsync()
    {
        Doubt();
        await PublishAsync().ConfigureAwait(false);
    }

    private Task<RedisResult> PublishAsync() => connection.Commands.ExecuteAsync("PUBLISH", connection.ChannelPrefix + keys.Channel, "");

    /// <summary>Looks, or joins a look that has begun.</summary>
    private Task ShareLookAsync(out bool isOwn)
    {
        lock (_gate)
        {
            isOwn = _looking is not { IsCompleted: false };
            return isOwn ? _looking = Task.Run(LookAsync) : _looking!;
        }
    }

    private async Task LookAsync()
    {
        var wanted = Volatile.Read(ref _wanted);
        var isNew = wanted != Volatile.Read(ref _checked);
        var (look, epoch) = await election.ElectAsync().ConfigureAwait(false);
        var marker = look.Marker ?? await MissingAsync(epoch).ConfigureAwait(false);
        var info = Read(marker);
        if (_store is not null && _store != marker.Store) LogOther(_store, marker.Store);
        if (marker.Epoch < epoch && _writes) marker = await MakeAsync(marker.Store, epoch).ConfigureAwait(false);
        election.Trust(look, marker);
        (_store, _restoring) = (marker.Store, marker.Restoring);
        Info ??= info;
        if (clock.Note(look) || isNew) await clock.MeasureAsync().ConfigureAwait(false);
        if (_restoring.Length == 0) Volatile.Write(ref _checked, wanted);
    }

    /// <summary>What a marker says, if it is of a store that fits.</summary>
    private StateStoreInfo Read(MarkerFields marker)
    {
        if (marker.Format != Format)
        {
            throw new StateOpenException(
                $"The store under '{keys.Marker}' in Redis at {connection.Servers} is of format {marker.Format}, and this program knows format {Format}. Open the store with the program that wrote it, or a newer one.", StateOpenFault.Version);
        }
        if (!Guid.TryParseExact(marker.Store, "N", out var id) || !int.TryParse(marker.Partitions, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > StateLimits.MaximumPartitions || !int.IsPow2(count))
            throw new StateCorruptionException($"The marker '{keys.Marker}' in Redis at {connection.Servers} is damaged: it has no store id or no possible number of partitions. Restore it from a backup.");
        if ((Info?.PartitionCount ?? options.PartitionCount) is { } expected && expected != count)
        {
            throw new StateOpenException(
                $"The store under '{keys.Marker}' in Redis at {connection.Servers} has {count} partitions, but PartitionCount is {expected}. The number is fixed when a store is created. Set PartitionCount to {count}, or leave it out.", StateOpenFault.PartitionCount);
        }
        return new(id, count, WasCreated: marker.Store == _made);
    }

    private async Task<MarkerFields> MissingAsync(long epoch)
    {
        // A process that may write to the store puts the marker back.
        if (_store is not null && !_writes) throw Lost(_store);
        if (await FindKeyAsync().ConfigureAwait(false) is not null)
        {
            // Others who open the new store at the same moment may have made it and written to it between our look and our search. Or its owners have not yet heard that it is gone.
            if (_store is null) return await AppealAsync().ConfigureAwait(false)
                ?? throw new StateCorruptionException($"There are keys under the prefix in Redis at {connection.Servers} but no marker '{keys.Marker}' that tells how they were written. Restore the marker, or give the store an unused prefix.");
            LogLost(_store);
        }
        else if (_store is not null)
        {
            LogEmptied(_store);
        }
        else if (options.Mode is not StateOpenMode.Create)
        {
            throw new StateOpenException(
                $"There is no store under '{keys.Marker}' in Redis at {connection.Servers}, and the mode {options.Mode} creates none. Correct the key prefix, the server or the database, or open it with the mode {StateOpenMode.Create}.", StateOpenFault.NotFound);
        }
        var made = await MakeAsync(_store ?? (_made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))), epoch).ConfigureAwait(false);
        // Who wrote to the store that was here before must not go on as if it were his.
        await PublishAsync().ConfigureAwait(false);
        return made;
    }

    private async Task<MarkerFields?> AppealAsync()
    {
        for (var begun = connection.Time.GetTimestamp(); ; await Task.Delay(AppealPause, connection.Time).ConfigureAwait(false))
        {
            if (_writes) await PublishAsync().ConfigureAwait(false);
            var (look, _) = await election.ElectAsync().ConfigureAwait(false);
            if (look.Marker is not null || connection.Time.GetElapsedTime(begun) > AppealLimit) return look.Marker;
        }
    }

    private async Task<MarkerFields> MakeAsync(string store, long epoch)
    {
        var reply = await connection.EvaluateAsync(Script, [keys.Marker], [Format, store, Info?.PartitionCount ?? options.PartitionCount ?? StateOpenOptions.DefaultPartitionCount, _restoring, epoch]).ConfigureAwait(false);
        return MarkerFields.Read(reply, 0)!;
    }

    private StateUnavailableException Lost(string store) => new(
        $"Redis at {connection.Servers} came back without the marker '{keys.Marker}' of the store {store}, and perhaps without its data. The mode {StateOpenMode.ReadOnly} puts nothing back: try again once a process that writes to the store has done so.", mayHaveBeenWritten: false);

    /// <summary>Some key of the store; null when its prefix is unused.</summary>
    private async Task<string?> FindKeyAsync()
    {
        await foreach (var page in KeyScan.PagesAsync(connection, keys, CancellationToken.None).ConfigureAwait(false))
            if (page.Count > 0) return Convert.ToString(page[0], CultureInfo.InvariantCulture);
        return null;
    }

    [LoggerMessage(2001, LogLevel.Error, "Redis came back without the store {Store}: its data is gone. An empty store takes its place. Check the server's persistence.")]
    private partial void LogEmptied(string store);

    [LoggerMessage(2004, LogLevel.Error, "Redis came back without the marker of the store {Store}, which is put back. Writes that were acknowledged just before may be lost as well: a replica that had not yet heard of them took over, or the server was flushed, or the marker was deleted or evicted.")]
    private partial void LogLost(string store);

    [LoggerMessage(2002, LogLevel.Warning, "Under the prefix lies another store than before: {Store} instead of {Before}.")]
    private partial void LogOther(string before, string? store);
}
