using System.Runtime.CompilerServices;
using BluePlan.State.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace BluePlan.State.Storage;

/// <summary>
/// Keeps state in Redis 6.2 or later, Valkey, or what speaks like them: standalone, Sentinel or Cluster. A commit is one script, a read one command or script, so each is atomic and takes one round trip.
/// </summary>
/// <remarks>
/// <para><b>Durable</b> means as durable as the server is configured: Redis acknowledges before it writes to disk unless <c>appendfsync always</c> is set, and before its replicas have the write, so a failover
/// can lose the last acknowledged writes (see <see cref="RedisStateOptions"/>). Time is the server's.</para>
/// <para><b>Reads</b> are answered by primaries only: while one is away they fail with <see cref="StateUnavailableException"/> instead of showing what a replica had last heard. A primary that is cut off
/// from the others still answers those who reach it, until they hear that another has taken its place.</para>
/// <para><b>Failover.</b> Outside a cluster, commands go to the primary that Sentinel names if the connection was made through it; otherwise, to
/// the one that took over from the other, by the servers' own replication histories and an epoch in the store's marker. Calls are refused with
/// <see cref="StateUnavailableException"/> while that cannot be told, and while only a former primary is reachable. The servers and the marker are
/// looked at after each reconnect and once a second, so a former primary that stays reachable is used for about a second more at most.
/// Without Sentinel, a process that first connects while only a former primary is reachable cannot tell. A process that knows the store puts a marker back that was flushed or evicted.</para>
/// <para><b>Restore.</b> An import that replaces the store is not atomic here: from its first write to its successful end every process refuses the store with
/// <see cref="StateUnavailableException"/>, also after a crash, until such an import is run to its end.</para>
/// <para><b>Cluster.</b> While a slot moves to another master, a commit that makes a new log, which has two keys there, is repeated until the move is done; it fails after the connection's timeout with nothing written.
/// The store's marker lies on one master, and after a reconnect every process looks at it before it goes on: while that master is away, calls that must look fail, also for what lies on other masters. By default
/// (<c>cluster-require-full-coverage yes</c>) a cluster without one of its masters refuses everything anyhow, until a replica has taken its place.</para>
/// <para><b>Watching.</b> A change is published in the step that makes it and reaches the watchers of every process within milliseconds, in a cluster also those on other nodes. A message can be lost while a
/// connection is made again; so every watcher is signalled after each reconnect, every 15 seconds, and
/// once a second while the connection for messages does not answer.</para>
/// <para><b>Time.</b> The server's time, as <see cref="GetTimeAsync"/> and an answer to a touch by a known window tell it, is what
/// the server told last, and what has passed since by a monotonic clock. It is exact to half a round trip, and not moved by
/// this process's clock.</para>
/// <para><b>A server's clock that was set back</b> is noticed within a second, by the look at the servers. Until it has caught up,
/// touches and updates do not shorten a sliding life, if it went back by at most <see cref="StateExpiry.ClockTolerance"/>. A touch
/// before it is noticed counts from the clock as it is. So does a process that first connects while the clock is behind.</para>
/// </remarks>
public sealed class RedisStateProvider : IStateProvider
{
    private readonly RedisConnection _connection;
    private readonly RedisConnection _commits;
    private readonly RedisStateOptions _options;
    private readonly ServerClock _clock;
    private readonly ILogger _logger;
    private readonly EvictionCheck _eviction;
    private readonly WatchSignals _watches;
    private readonly SubscriptionPing _ping;
    private Sentinels? _sentinels;
    private StoreProbe? _probe;
    private volatile StoreMarker? _marker;
    private Opened? _store;
    private bool _disposed;

    /// <summary>Connects by a connection string, on first use.</summary>
    /// <param name="connectionString">What StackExchange.Redis takes, for instance <c>localhost:6379</c>.</param>
    /// <param name="options">The settings; null = the defaults.</param>
    /// <param name="timeProvider">This process's clock; null = the system's.</param>
    /// <param name="logger">Where warnings go; null = nowhere.</param>
    /// <exception cref="ArgumentException">The connection string or a setting is wrong.</exception>
    public RedisStateProvider(string connectionString, RedisStateOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisStateProvider>? logger = null)
        : this(new RedisConnection(RedisConnection.Parse(connectionString), timeProvider ?? TimeProvider.System), options, logger) { }

    /// <summary>Connects as configured, on first use. Commands fail at once while there is no connection, whatever the configuration's backlog policy.</summary>
    /// <param name="configuration">The configuration; a copy is kept.</param>
    /// <param name="options">The settings; null = the defaults.</param>
    /// <param name="timeProvider">This process's clock; null = the system's.</param>
    /// <param name="logger">Where warnings go; null = nowhere.</param>
    /// <exception cref="ArgumentException">The configuration names no server, or a setting is wrong.</exception>
    public RedisStateProvider(ConfigurationOptions configuration, RedisStateOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisStateProvider>? logger = null)
        : this(new RedisConnection(RedisConnection.Checked(configuration), timeProvider ?? TimeProvider.System), options, logger) { }

    /// <summary>Uses a connection of the host's, which is never disposed here.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="options">The settings; null = the defaults.</param>
    /// <param name="timeProvider">This process's clock; null = the system's.</param>
    /// <param name="logger">Where warnings go; null = nowhere.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    public RedisStateProvider(IConnectionMultiplexer connection, RedisStateOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisStateProvider>? logger = null)
        : this(new RedisConnection(connection ?? throw new ArgumentNullException(nameof(connection)), timeProvider ?? TimeProvider.System), options, logger) { }

    private RedisStateProvider(RedisConnection connection, RedisStateOptions? options, ILogger? logger)
    {
        _options = options ?? new();
        if (_options.Validate() is { Count: > 0 } faults) throw new ArgumentException(string.Join(" ", faults), nameof(options));
        if (_options.MinReplicas > 0 && _options.ReplicaTimeout > connection.Timeout / 2)
            throw new ArgumentException($"{nameof(RedisStateOptions)}.{nameof(RedisStateOptions.ReplicaTimeout)} is {_options.ReplicaTimeout}; it must be at most half of the connection's asyncTimeout, {connection.Timeout}.", nameof(options));
        if (_options.RequireTls && !connection.UsesTls)
            throw new ArgumentException($"{nameof(RedisStateOptions)}.{nameof(RedisStateOptions.RequireTls)} is set, but the connection to Redis at {connection.Servers} does not use TLS. Set ssl=true in its connection string, and the server's TLS port.", nameof(options));
        (_connection, _clock, _logger) = (connection, new(connection, new RedisKeys(_options.KeyPrefix, 1).Marker), logger ?? NullLogger.Instance);
        // WAIT blocks its connection, so that reads have another.
        _commits = _options.MinReplicas > 0 ? connection.Another() : connection;
        _eviction = new(_logger);
        _watches = new(connection.Time, () => connection.IsConnected);
        _ping = new(connection);
        _connection.Restored += OnRestored;
        if (_commits != _connection) _commits.Restored += OnRestored;
    }

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public StateCapabilities Capabilities => StateCapabilities.Export | StateCapabilities.Import | StateCapabilities.Watch | StateCapabilities.Durable | StateCapabilities.Shared | StateCapabilities.FieldConditions
        | StateCapabilities.LogRevisions | StateCapabilities.PageReads | StateCapabilities.ReadOnlyOpen;

    /// <remarks>
    /// With <see cref="StateOpenMode.ReadOnly"/> no command is sent that writes, so a user without the right to write
    /// suffices. The marker is not put back if it was flushed or evicted, and its epoch is not raised on a new primary:
    /// that is left to the processes that write.
    /// </remarks>
    /// <inheritdoc/>
    public async ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Mode is not (StateOpenMode.Create or StateOpenMode.ExistingOnly or StateOpenMode.ReadOnly)) throw options.NotSupportedBy(this);
        try
        {
            await _connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            if (_commits != _connection) await _commits.ConnectAsync(cancellationToken).ConfigureAwait(false);
            // The marker tells how many partitions there are. Until then, keys of as many as there can be are looked for.
            var names = new RedisKeys(_options.KeyPrefix, options.PartitionCount ?? StateLimits.MaximumPartitions);
            var isReadOnly = options.Mode is StateOpenMode.ReadOnly;
            var replicated = _options.MinReplicas > 0 && !isReadOnly ? new ReplicatedCommits(_commits, _options.MinReplicas, _options.ReplicaTimeout) : null;
            if (_sentinels is null && (_sentinels = _connection.FindSentinels()) is { } sentinels) sentinels.Switched += OnSwitched;
            var election = new PrimaryElection(_connection, _commits == _connection ? [] : [_commits], names.Marker, _sentinels);
            var marker = new StoreMarker(_connection, names, options, election, _clock, _logger);
            // From here on others may say that a restore begins, so look only then.
            _marker = marker;
            await _connection.SubscribeAsync(RedisChannel.Literal(names.Channel), OnAnnounced, cancellationToken).ConfigureAwait(false);
            await marker.CheckAsync(duringRestore: true, cancellationToken).ConfigureAwait(false);
            var info = marker.Info!;
            var keys = new RedisKeys(_options.KeyPrefix, info.PartitionCount);
            var store = new Opened(keys, election, marker, new(_connection, marker, election), new(_connection, keys, _clock), new(this, _commits, keys, _clock, replicated), isReadOnly);
            if (replicated is not null) await replicated.CheckAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            await _eviction.CheckAsync(_connection).WaitAsync(cancellationToken).ConfigureAwait(false);
            _store = store;
            _probe = new(() => ProbeAsync(store), _connection.Time, _logger);
            ConnectionReport.Write(_logger, _connection, _options.KeyPrefix, info.PartitionCount);
            return info;
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Translate(exception, writes: false, _connection.Servers);
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var store = Enter(cancellationToken);
        store.CheckPartition(commit.Operations[0].Key);
        if (store.IsReadOnly) throw ReadOnly(store);
        return await store.Calls.WriteAsync((store.Commits, commit), static a => a.Commits.CommitAsync(a.commit), static a => a.commit.Operations.Any(Writes), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reads);
        var store = Enter(cancellationToken);
        for (var i = 0; i < reads.Count; i++) Check(store, reads[i]);
        if (reads.Count == 0) return [];
        if (store.IsReadOnly) reads = [.. reads.Select(WithoutTouch)];
        return await store.Calls.ReadAsync((store.Reads, reads), static a => a.Reads.ReadAsync(a.reads), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        var store = Enter(cancellationToken);
        Check(store, read);
        if (store.IsReadOnly) read = WithoutTouch(read);
        return await store.Calls.ReadAsync((store.Reads, read), static a => a.Reads.ReadAsync(a.read), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>With <see cref="RedisStateOptions.MinReplicas"/>: waits until replicas hold what was read, as commits do. Otherwise it completes at once.</summary>
    /// <inheritdoc/>
    public async ValueTask ConfirmAsync(StateKey key, CancellationToken cancellationToken)
    {
        var store = Enter(cancellationToken);
        store.CheckPartition(key);
        if (_options.MinReplicas > 0 && !store.IsReadOnly) await store.Calls.WriteAsync((store.Commits, key), static a => ConfirmAsync(a.Commits, a.key), static _ => true, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        return new(_clock.Now);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateRecord> ExportAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = Enter(cancellationToken);
        var term = await store.Calls.BeginAsync(duringRestore: false, cancellationToken).ConfigureAwait(false);
        var records = new RedisExport(_connection, store.Keys, store.Reads).RecordsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var ending = records.ConfigureAwait(false);
        while (await MoveAsync().ConfigureAwait(false)) yield return records.Current;

        async ValueTask<bool> MoveAsync()
        {
            try
            {
                var goesOn = await records.MoveNextAsync().ConfigureAwait(false);
                return term.Holds ? goesOn : throw term.Changed(writes: false);
            }
            catch (Exception exception) when (RedisFaults.IsFault(exception))
            {
                throw RedisFaults.Translate(exception, writes: false, _connection.Servers);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        var store = Enter(cancellationToken);
        if (store.IsReadOnly) throw ReadOnly(store);
        var replaces = mode is StateImportMode.Replace;
        var term = await store.Calls.BeginAsync(duringRestore: replaces, cancellationToken).ConfigureAwait(false);
        try
        {
            var import = new RedisImport(_connection, store.Keys, _clock, replaces ? store.Marker : null);
            await import.WriteAsync(records, cancellationToken).ConfigureAwait(false);
            if (replaces)
            {
                await import.DeleteOthersAsync(cancellationToken).ConfigureAwait(false);
                // A part of the records is on a former primary: the mark stays.
                if (!term.Holds) throw term.Changed(writes: true);
                await store.Marker.EndRestoreAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            // Also those who watch a key are told: it may have changed.
            await store.Marker.AnnounceAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!term.Holds) throw term.Changed(writes: true);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Translate(exception, writes: true, _connection.Servers);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateKey> WatchAsync(StateKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = Enter(cancellationToken);
        store.CheckPartition(key);
        var channel = RedisChannel.Literal(store.Keys.Of(key));
        var signals = _watches.Add();
        void Signal(RedisChannel from, RedisValue message) => signals.Writer.TryWrite(true);
        try
        {
            await SubscribeAsync(channel, Signal, cancellationToken).ConfigureAwait(false);
            await foreach (var _ in signals.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return key;
        }
        finally
        {
            _watches.Remove(signals);
            if (!_disposed) _connection.Unsubscribe(channel, Signal);
        }
    }

    /// <summary>Looks at the store's marker again, and warns when the server may evict keys.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask MaintainAsync(CancellationToken cancellationToken)
    {
        var store = Enter(cancellationToken);
        store.Marker.Doubt();
        await store.Calls.BeginAsync(duringRestore: true, cancellationToken).ConfigureAwait(false);
        try
        {
            await _eviction.CheckAsync(_connection).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Translate(exception, writes: false, _connection.Servers);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _connection.Restored -= OnRestored;
        _commits.Restored -= OnRestored;
        _probe?.Dispose();
        _watches.Dispose();
        if (_store is { } store) _connection.Unsubscribe(RedisChannel.Literal(store.Keys.Channel), OnAnnounced);
        if (_sentinels is { } sentinels)
        {
            sentinels.Switched -= OnSwitched;
            await sentinels.DisposeAsync().ConfigureAwait(false);
        }
        await _connection.DisposeAsync().ConfigureAwait(false);
        if (_commits != _connection) await _commits.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask<bool> ConfirmAsync(RedisCommits commits, StateKey key)
    {
        await commits.ConfirmAsync(key).ConfigureAwait(false);
        return true;
    }

    // A read that touches is not one: it may be repeated whatever has become of it.
    private static bool Writes(StateOperation operation) => operation is not (CheckKey or CheckEntries or CheckExpiry or NotifyWatchers);

    private static StateRead WithoutTouch(StateRead read) => read is DocumentRead { Touch: not null } document ? new DocumentRead(document.Key, headOnly: document.HeadOnly) : read;

    private StateUnavailableException ReadOnly(Opened store) => new(
        $"The store under '{store.Keys.Marker}' in Redis at {_connection.Servers} is open in the mode {StateOpenMode.ReadOnly}, so nothing was written. To write to it, open it with the mode {StateOpenMode.ExistingOnly}.", mayHaveBeenWritten: false);

    private async Task SubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.SubscribeAsync(channel, handler, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Translate(exception, writes: false, _connection.Servers);
        }
    }

    private void Check(Opened store, StateRead read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!RedisReads.Knows(read)) throw read.NotSupportedBy(this);
        store.CheckPartition(read.Key);
    }

    private Opened Enter(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return _store ?? throw new InvalidOperationException($"The provider '{Name}' is not open: call OpenAsync first.");
    }

    private void OnRestored()
    {
        // Also while the store is being opened: what its first look has found may have changed by then.
        _marker?.Doubt();
        _watches.OnReconnect();
    }

    private void OnAnnounced(RedisChannel channel, RedisValue message)
    {
        OnRestored();
        // Also a process that does nothing may have to put the marker back.
        _probe?.Look();
    }

    private void OnSwitched()
    {
        OnRestored();
        _probe?.Look();
    }

    private async Task ProbeAsync(Opened store)
    {
        var term = store.Election.Term;
        await store.Marker.ProbeAsync().ConfigureAwait(false);
        if (store.Election.Term != term) _watches.OnReconnect();
        // Only after a look that succeeded: a watcher that is told to look must find the store there.
        else if (_ping.IsDeaf() || store.Election.IsSplit) _watches.SignalAll();
    }

    /// <summary>What is there once the number of partitions is known.</summary>
    private sealed record Opened(RedisKeys Keys, PrimaryElection Election, StoreMarker Marker, PrimaryCalls Calls, RedisReads Reads, RedisCommits Commits, bool IsReadOnly)
    {
        public void CheckPartition(StateKey key)
        {
            if (key.Partition >= Keys.PartitionCount) throw new ArgumentException($"The store has {Keys.PartitionCount} partitions, so {key} is not in it.");
        }
    }
}
