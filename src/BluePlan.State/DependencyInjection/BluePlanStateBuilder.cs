using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using BluePlan.State.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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

    /// <summary>Gets the path of the configuration section that the settings are bound to; <c>null</c> if none is bound.</summary>
    public string? ConfigurationPath => _registration.ConfigurationPath;

    /// <summary>Binds the settings of the store, and of its provider, to a section of the app's configuration. Nothing is generated or reflected that a trimmer would remove.</summary>
    /// <remarks>
    /// <para>When the app starts, everything that is wrong in the section is reported at once: names that are not known, with the nearest that is; a value where a section belongs; and time spans that .NET would
    /// read otherwise than they are meant, such as <c>3600</c> and <c>24:00:00</c>. Write <c>01:00:00</c>, and <c>1.00:00:00</c> for a day.</para>
    /// <para>The same is checked where <see cref="BluePlanStateOptions"/> is bound by <c>Configure&lt;BluePlanStateOptions&gt;(section)</c>. Settings that code makes after this call win.</para>
    /// </remarks>
    /// <example><code>services.AddBluePlanState(state => state.BindConfiguration());</code></example>
    /// <param name="path">The path of the section. A named store uses the section of its name below it.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public BluePlanStateBuilder BindConfiguration(string path = "BluePlanState")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (_registration.ConfigurationPath is null) Services.AddSettingsBinding<BluePlanStateOptions>(_registration, null);
        _registration.ConfigurationPath = Name is null ? path : Microsoft.Extensions.Configuration.ConfigurationPath.Combine(path, Name);
        return this;
    }

    /// <summary>
    /// Binds the options of a provider package to a section below that of the store, once <see cref="BindConfiguration"/> has bound one, and checks it in the same way. Packages call it in their <c>Use…</c> method.
    /// </summary>
    /// <typeparam name="T">The options. Their properties are texts, numbers, time spans, <see cref="bool"/> or enumerations. They have the name of the store.</typeparam>
    /// <param name="name">The name of the section, for example <c>Redis</c>.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public BluePlanStateBuilder BindSection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(string name) where T : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Services.AddSettingsCheck<T>();
        if (_registration.Sections.Add(name)) Services.AddSettingsBinding<T>(_registration, name);
        return this;
    }

    /// <summary>Keeps the state in memory: gone when the process ends. For tests and throw-away processes.</summary>
    public BluePlanStateBuilder UseInMemory() =>
        UseProvider(static services => new InMemoryStateProvider(services.GetService<TimeProvider>(), services.GetService<ILogger<InMemoryStateProvider>>()));

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

    /// <summary>Upgrades stored JSON that does not fit a type, for example after a property became required.</summary>
    /// <remarks>
    /// <para>The upgrade runs when a value of this type is read and does not fit, before <see cref="StateSchemaException"/> is thrown. The upgraded value is stored by the next write, not by the
    /// read. Several upgrades of a type run in the order of registration, each on what the one before it returned, until the value fits.</para>
    /// <para>A serializer of your own (<see cref="UseSerializer"/>) upgrades its values itself.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// state.UpgradeJson&lt;Cart&gt;(json => { json["currency"] ??= "EUR"; return json; });
    /// </code>
    /// </example>
    /// <typeparam name="T">The type that is asked for: of session data, a config, a value or a field.</typeparam>
    /// <param name="upgrade">Receives the stored JSON and returns the new one; <c>null</c> if it cannot. What it throws becomes the inner exception of <see cref="StateSchemaException"/>.</param>
    public BluePlanStateBuilder UpgradeJson<T>(Func<JsonNode, JsonNode?> upgrade)
    {
        ArgumentNullException.ThrowIfNull(upgrade);
        _registration.Upgrades.Add(new(typeof(T), upgrade));
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
