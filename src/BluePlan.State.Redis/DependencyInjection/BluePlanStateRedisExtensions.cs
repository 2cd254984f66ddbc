using BluePlan.State;
using BluePlan.State.Redis;
using BluePlan.State.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a store into Redis.</summary>
/// <remarks>A wrong setting stops the host at its start.</remarks>
public static class BluePlanStateRedisExtensions
{
    /// <summary>Keeps the state in Redis, on a connection of the store's own: made on first use, or when the host starts; closed with the container. Commands fail at once while the server is away.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="connectionString">As StackExchange.Redis reads it, for instance <c>host:6379,password=…,ssl=true</c>; several hosts for a cluster, <c>serviceName=…</c> for Sentinel.</param>
    /// <param name="configure">Changes further settings. They are also bound to the section <c>Redis</c> below that of the store (<see cref="BluePlanStateBuilder.BindConfiguration"/>).</param>
    /// <exception cref="ArgumentException">The connection string is empty or cannot be read.</exception>
    public static BluePlanStateBuilder UseRedis(this BluePlanStateBuilder builder, string connectionString, Action<RedisStateOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.UseRedis(RedisConnection.Parse(connectionString), configure);
    }

    /// <summary>Keeps the state in Redis, on a connection of the store's own.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="connection">How to connect; copied.</param>
    /// <param name="configure">Changes further settings.</param>
    /// <exception cref="ArgumentException">It names no server.</exception>
    public static BluePlanStateBuilder UseRedis(this BluePlanStateBuilder builder, ConfigurationOptions connection, Action<RedisStateOptions>? configure = null)
    {
        var copy = RedisConnection.Checked(connection).Clone();
        return Use(builder, configure, (services, options) => new(copy, options, services.GetService<TimeProvider>(), services.GetService<ILogger<RedisStateProvider>>()));
    }

    /// <summary>Keeps the state in Redis, on a connection of the host's, which stays the host's to dispose.</summary>
    /// <param name="builder">The store.</param>
    /// <param name="connection">Finds the connection, once.</param>
    /// <param name="configure">Changes further settings.</param>
    public static BluePlanStateBuilder UseRedis(this BluePlanStateBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> connection, Action<RedisStateOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Use(builder, configure, (services, options) => new(connection(services), options, services.GetService<TimeProvider>(), services.GetService<ILogger<RedisStateProvider>>()));
    }

    private static BluePlanStateBuilder Use(BluePlanStateBuilder builder, Action<RedisStateOptions>? configure, Func<IServiceProvider, RedisStateOptions, RedisStateProvider> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name ?? Options.Options.DefaultName;
        builder.BindSection<RedisStateOptions>("Redis");
        var settings = builder.Services.AddOptions<RedisStateOptions>(name).ValidateOnStart();
        if (configure is not null) settings.Configure(configure);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisStateOptions>, RedisStateOptionsValidator>());
        return builder.UseProvider(services => create(services, services.GetRequiredService<IOptionsMonitor<RedisStateOptions>>().Get(name)));
    }
}
