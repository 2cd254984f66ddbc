using System.Globalization;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Asks the sentinels of a service who its primary is, over a connection of their own, and hears when they change it.</summary>
internal sealed class Sentinels : IAsyncDisposable
{
    private static readonly RedisChannel Switches = RedisChannel.Literal("+switch-master");
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly ConfigurationOptions _configuration;
    private readonly string _service;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connecting;
    private long _configEpoch = -1;
    private bool _disposed;

    private Sentinels(ConfigurationOptions configuration, TimeProvider time)
    {
        (_service, _time) = (configuration.ServiceName!, time);
        _configuration = configuration.Clone();
        (_configuration.User, _configuration.Password) = (configuration.SentinelUser, configuration.SentinelPassword);
        // Channels of sentinels have no prefix.
        _configuration.ChannelPrefix = default;
        _configuration.BacklogPolicy = BacklogPolicy.FailFast;
    }

    /// <summary>After the sentinels have named another primary.</summary>
    public event Action? Switched;

    /// <summary>Those of a configuration; null if it names no service.</summary>
    public static Sentinels? Of(ConfigurationOptions configuration, TimeProvider time) => string.IsNullOrEmpty(configuration.ServiceName) ? null : new(configuration, time);

    /// <summary>Who is the primary, by the newest decision of the sentinels that answer; null if none answers, or those that do are behind what was heard before.</summary>
    public async Task<PrimaryAddress?> AskAsync()
    {
        var connecting = ConnectAsync();
        await ((Task)connecting).WaitAsync(AnswerLimit, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!connecting.IsCompletedSuccessfully) return null;
        var answers = await Task.WhenAll(connecting.Result.GetServers().Where(static server => server.IsConnected).Select(AskAsync)).ConfigureAwait(false);
        var newest = answers.Where(answer => answer is not null && answer.ConfigEpoch >= Interlocked.Read(ref _configEpoch)).MaxBy(static answer => answer!.ConfigEpoch);
        if (newest is not null) Interlocked.Exchange(ref _configEpoch, newest.ConfigEpoch);
        return newest;
    }

    public async ValueTask DisposeAsync()
    {
        Task<ConnectionMultiplexer>? connecting;
        lock (_gate) (_disposed, connecting) = (true, _connecting);
        if (connecting is null) return;
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully) await connecting.Result.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<PrimaryAddress?> AskAsync(IServer sentinel)
    {
        try
        {
            var facts = (await sentinel.ExecuteAsync("SENTINEL", "MASTER", _service).WaitAsync(AnswerLimit, _time).ConfigureAwait(false)).ToDictionary();
            // While a failover is being told to the replicas, this names the new primary and the facts still the old one.
            var address = (RedisValue[]?)await sentinel.ExecuteAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", _service).WaitAsync(AnswerLimit, _time).ConfigureAwait(false);
            return address is not [var host, var port] ? null : new((string)host!, (int)port, long.Parse((string)facts["config-epoch"]!, CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            // It is one of several, or none of them answers: the servers themselves are asked then.
            return null;
        }
    }

    private Task<ConnectionMultiplexer> ConnectAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Storage.RedisStateProvider));
            return _connecting is null or { IsFaulted: true } ? _connecting = MakeAsync() : _connecting;
        }
    }

    private async Task<ConnectionMultiplexer> MakeAsync()
    {
        var multiplexer = await ConnectionMultiplexer.SentinelConnectAsync(_configuration).ConfigureAwait(false);
        await multiplexer.GetSubscriber().SubscribeAsync(Switches, (_, _) => Switched?.Invoke(), CommandFlags.FireAndForget).ConfigureAwait(false);
        return multiplexer;
    }
}
