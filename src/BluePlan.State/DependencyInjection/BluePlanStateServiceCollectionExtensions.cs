using System.Buffers;
using BluePlan.State;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers BluePlan.State.</summary>
public static class BluePlanStateServiceCollectionExtensions
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>
    /// Registers a store: <see cref="IBluePlanState"/> and each of its managers, all singletons. Without more it is durable files in <c>data</c> under the content root.
    /// Uses the container's <see cref="TimeProvider"/> when there is one. Calling it again changes the same store.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says where the state lives and how it is written.</param>
    public static BluePlanStateBuilder AddBluePlanState(this IServiceCollection services, Action<BluePlanStateBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Add(services, null, configure);
    }

    /// <summary>Registers one more store under a name: its services are keyed by it, and its options have it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name: 1 to 64 of a–z, A–Z, 0–9, '-' and '_', since default folders are called after it.</param>
    /// <param name="configure">Says where the state lives and how it is written. Without more it is durable files in <c>data-NAME</c> under the content root.</param>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    public static BluePlanStateBuilder AddBluePlanState(this IServiceCollection services, string name, Action<BluePlanStateBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 64 || name.AsSpan().ContainsAnyExcept(NameCharacters)) throw new ArgumentException("A store's name is 1 to 64 of a–z, A–Z, 0–9, '-' and '_', since its default folders are called after it.", nameof(name));
        return Add(services, name, configure);
    }

    private static BluePlanStateBuilder Add(IServiceCollection services, string? name, Action<BluePlanStateBuilder>? configure)
    {
        var registration = services.Select(static s => s.ImplementationInstance as StoreRegistration).FirstOrDefault(r => r is not null && r.Name == name);
        var builder = new BluePlanStateBuilder(services, registration ??= Register(services, name));
        configure?.Invoke(builder);
        return builder;
    }

    private static StoreRegistration Register(IServiceCollection services, string? name)
    {
        var registration = new StoreRegistration(name);
        services.AddSingleton(registration);
        services.AddOptions<BluePlanStateOptions>(registration.OptionsName).Configure(options => options.File.Directory = registration.Folder("data")).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BluePlanStateOptions>, BluePlanStateOptionsValidator>());
        services.AddSettingsCheck<BluePlanStateOptions>();

        services.TryAdd(Service(name, registration.CreateStorage));
        services.TryAdd(Service(name, s => (IBluePlanState)registration.CreateState(s, Get<StateStorage>(s, name))));
        services.TryAdd(Service(name, s => Get<IBluePlanState>(s, name).Sessions));
        services.TryAdd(Service(name, s => Get<IBluePlanState>(s, name).History));
        services.TryAdd(Service(name, s => Get<IBluePlanState>(s, name).TokenUsage));
        services.TryAdd(Service(name, s => Get<IBluePlanState>(s, name).Config));
        services.TryAdd(Service(name, s => Get<IBluePlanState>(s, name).Backups));
        services.TryAdd(Service(name, s => Get<IBluePlanState>(s, name).Store));
        services.TryAdd(Service(name, s => Get<IBluePlanState>(s, name).Locks));
        services.AddSingleton<IHostedService>(s => registration.CreateStartup(s, (BluePlanState)Get<IBluePlanState>(s, name), Get<StateStorage>(s, name)));
        services.AddSingleton<IHostedService>(s => new ConfigurationStartup(s, name));
        services.AddSingleton<IHostedService>(s => registration.CreateMaintenance(s, Get<IBluePlanState>(s, name), Get<StateStorage>(s, name)));
        return registration;
    }

    private static ServiceDescriptor Service<T>(string? name, Func<IServiceProvider, T> create) where T : class =>
        name is null ? ServiceDescriptor.Singleton(create) : ServiceDescriptor.KeyedSingleton(name, (s, _) => create(s));

    private static T Get<T>(IServiceProvider services, string? name) where T : class =>
        name is null ? services.GetRequiredService<T>() : services.GetRequiredKeyedService<T>(name);
}
