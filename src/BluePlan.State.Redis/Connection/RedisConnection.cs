using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>The connection: the host's own, which is never disposed here, or one of ours, made on first use and mended by the client library.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    /// <summary>What every read and script is sent with: while the primary is away the client would let a replica answer, which may not have heard of the last writes.</summary>
    public const CommandFlags OnPrimary = CommandFlags.DemandMaster;

    private const int ReconnectMilliseconds = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time;
    private readonly ConfigurationOptions? _configuration;
    private readonly Lock _gate = new();
    private readonly AutoPipeline _pipeline = new();
    private readonly ChannelSubscriptions _subscriptions;
    private Task<IConnectionMultiplexer>? _connecting;
    private IConnectionMultiplexer? _multiplexer;
    private IDatabase? _database;
    private PrimaryCommands? _selected;

    /// <summary>One of ours.</summary>
    public RedisConnection(ConfigurationOptions configuration, TimeProvider time)
    {
        (_time, _subscriptions, Route) = (time, new(this), new(this));
        _configuration = configuration.Clone();
        Timeout = TimeSpan.FromMilliseconds(configuration.AsyncTimeout);
        UsesTls = configuration.Ssl;
        // A call fails at once while there is no connection, so that its outcome is certain; the client reconnects meanwhile.
        _configuration.BacklogPolicy = BacklogPolicy.FailFast;
        // What a node of a cluster redirects to a dead one waits in the client's queue all the same, as long as a synchronous call may take; there are none.
        _configuration.SyncTimeout = _configuration.AsyncTimeout;
        // The first connection says at once why it cannot be made, and the next call tries again; later ones are mended by the client.
        _configuration.AbortOnConnectFail = true;
        _configuration.ConnectRetry = 1;
        // Keys and counters of the client have no place in messages.
        _configuration.IncludeDetailInExceptions = false;
    }

    /// <summary>The host's.</summary>
    public RedisConnection(IConnectionMultiplexer multiplexer, TimeProvider time)
    {
        (_time, _subscriptions, Route) = (time, new(this), new(this));
        Use(multiplexer);
    }

    /// <summary>One more like this, for what would block it; the host's own is the only one of its kind.</summary>
    public RedisConnection Another() => _configuration is null ? this : new(_configuration, _time);

    /// <summary>After the connection to a server was made again: what was learned of it before may be wrong by now.</summary>
    public event Action? Restored;

    /// <summary>There once <see cref="ConnectAsync"/> has succeeded.</summary>
    public IDatabase Database => _database!;

    public IConnectionMultiplexer Multiplexer => _multiplexer!;

    /// <summary>The addresses of the servers, for messages.</summary>
    public string Servers => RedisFaults.Names(_multiplexer?.GetEndPoints() ?? [.. _configuration!.EndPoints]);

    /// <summary>Whether there is a connection to any server now.</summary>
    public bool IsConnected => _multiplexer is { IsConnected: true };

    /// <summary>Where commands go.</summary>
    public PrimaryRoute Route { get; }

    /// <summary>What commands are sent with.</summary>
    public PrimaryCommands Commands => Route.Commands;

    /// <summary>Lets the client select the primary.</summary>
    public PrimaryCommands Selected => _selected!;

    /// <summary>The sentinels that the connection was made through; null if there are none.</summary>
    public Sentinels? FindSentinels() => Sentinels.Of(_configuration ?? Parsed(Multiplexer), _time);

    /// <summary>This process's clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>After what time the client gives a command up.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool UsesTls { get; private set; }

    /// <summary>What the client puts before the channels that it subscribes to, and a script must put before those that it publishes to.</summary>
    public string ChannelPrefix { get; private set; } = "";

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="ArgumentException">It cannot be read, or names no server.</exception>
    public static ConfigurationOptions Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        // The client would take a URL for the name of a host.
        if (connectionString.Contains("://", StringComparison.Ordinal)) throw new ArgumentException("The connection string of Redis is no URL: write 'host:6379,user=…,password=…,ssl=true'.", nameof(connectionString));
        var configuration = Checked(ConfigurationOptions.Parse(connectionString));
        // The client waits longer after each attempt that failed, and the longer its connect timeout is; a store that is back should be found at once.
        configuration.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        return configuration;
    }

    /// <summary>A configuration that names a server. The client takes a port that is no number for the name of a setting, and would fail only when it connects.</summary>
    /// <exception cref="ArgumentException">It names none.</exception>
    public static ConfigurationOptions Checked(ConfigurationOptions configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.EndPoints.Count > 0 ? configuration : throw new ArgumentException("The connection to Redis names no server. It looks like 'host:6379,password=…', the port being a number.", nameof(configuration));
    }

    /// <summary>Connects when there is no connection yet.</summary>
    /// <exception cref="StateUnavailableException">It cannot be made within the configuration's connect timeout.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        if (_multiplexer is null)
        {
            Task<IConnectionMultiplexer> connecting;
            lock (_gate) connecting = _connecting is null or { IsFaulted: true } ? _connecting = MakeAsync(_configuration!) : _connecting;
            try
            {
                var multiplexer = await connecting.WaitAsync(TimeSpan.FromMilliseconds(_configuration!.ConnectTimeout), _time, cancellationToken).ConfigureAwait(false);
                lock (_gate) if (_multiplexer is null) Use(multiplexer);
            }
            catch (Exception exception) when (RedisFaults.IsFault(exception))
            {
                throw RedisFaults.NotConnected(_configuration!.EndPoints, exception);
            }
        }
        if (!_multiplexer!.IsConnected) throw RedisFaults.NotConnected(_multiplexer.GetEndPoints(), null);
    }

    /// <summary>Sends a command, together with those of other callers when there are many.</summary>
    /// <param name="arguments">What the command is made of. It is not changed afterwards.</param>
    /// <param name="send">Hands it to the client.</param>
    public ValueTask<TReply> SendAsync<TArguments, TReply>(TArguments arguments, Func<PrimaryCommands, TArguments, Task<TReply>> send) => _pipeline.SendAsync(Commands, arguments, send);

    /// <summary>Runs a script. A server that does not know it yet, or no more, gets its text; one that is just moving its keys to another is asked again. It has done nothing then, so it is not run twice.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Its keys, all of one hash tag.</param>
    /// <param name="values">Its arguments.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return await SendAsync((script, keys, values), static (primary, a) => primary.EvaluateAsync(a.script, a.keys, a.values)).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Kind is RedisErrorKind.NoScript || RedisFaults.IsMoving(exception))
        {
            return await EvaluateTextAsync(script, keys, values).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Runs a script whose keys can be read one by one as well. If some of them are on their way to another node, it
    /// fails with the server's answer, see <see cref="RedisFaults.IsMoving"/>, and has done nothing.
    /// </summary>
    /// <inheritdoc cref="EvaluateAsync"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisResult> EvaluateUnlessMovingAsync(RedisScript script, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return await SendAsync((script, keys, values), static (primary, a) => primary.EvaluateAsync(a.script, a.keys, a.values)).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Kind is RedisErrorKind.NoScript)
        {
            return await Commands.EvaluateTextAsync(script, keys, values).ConfigureAwait(false);
        }
    }

    /// <summary>Subscribes to a channel.</summary>
    public Task SubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler, CancellationToken cancellationToken) => _subscriptions.SubscribeAsync(channel, handler, cancellationToken);

    /// <summary>Ends a subscription, without waiting for the server.</summary>
    public void Unsubscribe(RedisChannel channel, Action<RedisChannel, RedisValue> handler) => _subscriptions.Unsubscribe(channel, handler);

    /// <summary>Whether it is a cluster, where the store's keys lie on several nodes.</summary>
    public bool IsCluster => Multiplexer.GetServers().Any(static server => server is { IsConnected: true, ServerType: ServerType.Cluster });

    /// <summary>Whether one server alone is the primary: not in a cluster, where each has a part, and not behind a proxy, which chooses by itself.</summary>
    public bool HasOnePrimary => Array.TrueForAll(DataServers(), static server => !server.IsConnected || server.ServerType is ServerType.Standalone);

    /// <summary>Those nodes that hold data, as far as the client knows them.</summary>
    public IServer[] DataServers() => Array.FindAll(Multiplexer.GetServers(), static server => server.ServerType is not ServerType.Sentinel);

    /// <summary>Those nodes that hold data of their own and are connected: the primary that was chosen, or those of a cluster.</summary>
    public IEnumerable<IServer> Primaries() => Route.Server is { } chosen ? [chosen] : Multiplexer.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false } && server.ServerType is not ServerType.Sentinel);

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } multiplexer)
        {
            multiplexer.ConnectionRestored -= OnRestored;
            multiplexer.ConfigurationChanged -= OnChanged;
        }
        if (_configuration is null || _connecting is null) return;
        await ((Task)_connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_connecting.IsCompletedSuccessfully) await _connecting.Result.DisposeAsync().ConfigureAwait(false);
    }

    // The keys of a slot move one by one, so a script finds some of its keys here and some there, for a moment. The client follows one redirection, and the slot may have moved on by then.
    private async Task<RedisResult> EvaluateTextAsync(RedisScript script, RedisKey[] keys, RedisValue[] values)
    {
        for (var begun = _time.GetTimestamp(); ; await Task.Delay(Pause, _time).ConfigureAwait(false))
        {
            try
            {
                return await Commands.EvaluateTextAsync(script, keys, values).ConfigureAwait(false);
            }
            catch (RedisServerException exception) when (RedisFaults.IsMoving(exception) && _time.GetElapsedTime(begun).TotalMilliseconds < Multiplexer.TimeoutMilliseconds)
            {
                // Once more.
            }
        }
    }

    private static async Task<IConnectionMultiplexer> MakeAsync(ConfigurationOptions configuration) =>
        await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);

    private void Use(IConnectionMultiplexer multiplexer)
    {
        multiplexer.ConnectionRestored += OnRestored;
        multiplexer.ConfigurationChanged += OnChanged;
        var configuration = Parsed(multiplexer);
        ChannelPrefix = (string?)configuration.ChannelPrefix ?? "";
        Timeout = TimeSpan.FromMilliseconds(configuration.AsyncTimeout);
        UsesTls = configuration.Ssl;
        _database = multiplexer.GetDatabase();
        _selected = new SelectedPrimary(_database);
        _multiplexer = multiplexer;
    }

    private static ConfigurationOptions Parsed(IConnectionMultiplexer multiplexer) => ConfigurationOptions.Parse(multiplexer.Configuration, ignoreUnknown: true);

    private void OnRestored(object? sender, ConnectionFailedEventArgs arguments) => Restored?.Invoke();

    private void OnChanged(object? sender, EndPointEventArgs arguments) => Restored?.Invoke();
}
