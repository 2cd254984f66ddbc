using System.Text.Json.Serialization.Metadata;
using BluePlan.State.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State;

/// <summary>Says where a store's state lives and how it is written. Made by <c>AddBluePlanState</c>; packages add their own <c>Use…</c> as extensions over <see cref="UseProvider"/>.</summary>
public sealed class BluePlanStateBuilder
{
    private readonly StoreRegistration _registration;

    internal BluePlanStateBuilder(IServiceCollection services, StoreRegistration registration) => (Services, _registration) = (services, registration);

    /// <summary>The services that the store is registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The store's name, the key of its services and the name of its options; null = the unnamed store.</summary>
    public string? Name => _registration.Name;

    /// <summary>Keeps the state in memory: gone when the process ends. For tests and throw-away processes.</summary>
    public BluePlanStateBuilder UseInMemory() =>
        UseProvider(static services => new InMemoryStateProvider(services.GetService<TimeProvider>()));

    /// <summary>Keeps the state in durable files, as a store does that says nothing else. Its settings are <see cref="BluePlanStateOptions.File"/>.</summary>
    /// <param name="directory">The directory, which one process has for itself; a relative path lies under the content root. Null: as the settings say, by default <c>data</c>, or <c>data-NAME</c> for a named store.</param>
    /// <param name="configure">Changes further settings.</param>
    public BluePlanStateBuilder UseFile(string? directory = null, Action<FileStateOptions>? configure = null)
    {
        if (directory is not null || configure is not null)
        {
            Configure(options =>
            {
                options.File.Directory = directory ?? options.File.Directory;
                configure?.Invoke(options.File);
            });
        }
        return UseProvider(_registration.CreateFileProvider);
    }

    /// <summary>Keeps the state wherever a provider keeps it. The last <c>Use…</c> of the kind wins.</summary>
    /// <param name="create">Makes the provider, once; the store owns and disposes it.</param>
    public BluePlanStateBuilder UseProvider(Func<IServiceProvider, IStateProvider> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _registration.CreateProvider = create;
        return this;
    }

    /// <summary>Wraps the provider, for instance in a <see cref="DelegatingStateProvider"/>. Each one wraps those before it.</summary>
    /// <param name="wrap">Takes the provider and returns the one to use, which owns it.</param>
    public BluePlanStateBuilder Decorate(Func<IServiceProvider, IStateProvider, IStateProvider> wrap)
    {
        ArgumentNullException.ThrowIfNull(wrap);
        _registration.Decorators.Add(wrap);
        return this;
    }

    /// <summary>Writes the host's values as JSON by these source-generated contexts, the first that knows a type. Types that none knows go by reflection where the host allows it.</summary>
    public BluePlanStateBuilder UseJson(params IReadOnlyList<IJsonTypeInfoResolver> contexts)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        _registration.Serializer = null;
        foreach (var context in contexts) _registration.JsonContexts.Add(context ?? throw new ArgumentException("A context is null.", nameof(contexts)));
        return this;
    }

    /// <summary>Writes the host's values by a serializer of its own instead of JSON.</summary>
    /// <exception cref="ArgumentException">Its format id is below 128, which is kept for this library.</exception>
    public BluePlanStateBuilder UseSerializer(IStateSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        if (serializer.FormatId < 128) throw new ArgumentException($"The format id is {serializer.FormatId}; a host's serializer takes one from 128 to 255.", nameof(serializer));
        _registration.Serializer = serializer;
        return this;
    }

    /// <summary>Changes the store's settings.</summary>
    public BluePlanStateBuilder Configure(Action<BluePlanStateOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(_registration.OptionsName, configure);
        return this;
    }

    /// <summary>Keeps backups in a directory; by default <c>backups</c> under the content root. The last one wins.</summary>
    /// <param name="directory">The directory; a relative path lies under the content root.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public BluePlanStateBuilder UseBackups(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return UseBackups(services => new DirectoryBackupTarget(ContentRoot.Combine(services, directory)));
    }

    /// <summary>Keeps backups in a target of the host's own. The last one wins.</summary>
    /// <param name="create">Makes the target, once.</param>
    public BluePlanStateBuilder UseBackups(Func<IServiceProvider, IBackupTarget> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _registration.CreateBackupTarget = create;
        return this;
    }
}
