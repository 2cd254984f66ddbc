using System.Text.Json.Serialization.Metadata;
using BluePlan.State.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BluePlan.State;

/// <summary>What the builder gathered for one store, and how it becomes objects.</summary>
internal sealed class StoreRegistration(string? name)
{
    /// <summary>What the section of a store is called where nobody says otherwise.</summary>
    public const string DefaultSection = "BluePlanState";

    /// <summary>The sections of provider packages. They are known also where the app does not use the package, as in development.</summary>
    public static readonly string[] KnownSections = ["Redis"];

    public string? Name => name;

    /// <summary>The path of the section that the settings are bound to; null = none.</summary>
    public string? ConfigurationPath { get; set; }

    /// <summary>The sections below it that packages have bound.</summary>
    public HashSet<string> Sections { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string OptionsName => name ?? Options.DefaultName;

    public Func<IServiceProvider, IStateProvider>? CreateProvider { get; set; }

    public List<Func<IServiceProvider, IStateProvider, IStateProvider>> Decorators { get; } = [];

    public List<IJsonTypeInfoResolver> JsonContexts { get; } = [];

    public List<JsonUpgrade> Upgrades { get; } = [];

    public IStateSerializer? Serializer { get; set; }

    /// <summary>The form of stored values; null = envelopes that neither compress nor encrypt.</summary>
    public IStateEnvelope? Envelope { get; set; }

    public Func<IServiceProvider, IBackupTarget>? CreateBackupTarget { get; set; }

    public StateStorage CreateStorage(IServiceProvider services)
    {
        var provider = (CreateProvider ?? CreateFileProvider)(services) ?? throw new InvalidOperationException("The provider's factory returned null.");
        provider = new InstrumentedStateProvider(provider);
        foreach (var wrap in Decorators) provider = wrap(services, provider) ?? throw new InvalidOperationException("A decorator returned null.");
        var settings = Settings(services);
        return new(provider, new StateOpenOptions { Mode = settings.OpenMode, PartitionCount = settings.PartitionCount });
    }

    public BluePlanState CreateState(IServiceProvider services, StateStorage storage)
    {
        var codec = new StateCodec(Serializer ?? new JsonStateSerializer(JsonContexts), Upgrades, Envelope);
        var settings = Settings(services);
        var scope = new StateScope(storage, codec, services.GetService<TimeProvider>() ?? TimeProvider.System, "")
        {
            Updates = new(settings.UpdateTimeout, storage.Disposing),
            Logger = services.GetService<ILogger<BluePlanState>>() ?? NullLogger<BluePlanState>.Instance,
        };
        return new(scope, settings, CreateBackupTarget?.Invoke(services) ?? new DirectoryBackupTarget(ContentRoot.Combine(services, Folder("backups"))),
            new(settings.TokenUsage, services.GetService<ILogger<TokenUsageManager>>()),
            new(settings.Locks, new(), services.GetService<ILogger<LockManager>>() ?? NullLogger<LockManager>.Instance));
    }

    /// <summary>The name of a folder that this store has when the host names none.</summary>
    public string Folder(string kind) => name is null ? kind : $"{kind}-{name}";

    public IStateProvider CreateFileProvider(IServiceProvider services)
    {
        var options = Settings(services).File.Copy();
        options.Directory = ContentRoot.Combine(services, options.Directory);
        return new FileStateProvider(options, services.GetService<TimeProvider>(), services.GetService<ILogger<FileStateProvider>>());
    }

    public StoreStartup CreateStartup(IServiceProvider services, BluePlanState state, StateStorage storage) =>
        new(state, storage, Settings(services).OpenOnStart, services.GetService<ILogger<StoreStartup>>() ?? NullLogger<StoreStartup>.Instance);

    public MaintenanceService CreateMaintenance(IServiceProvider services, IBluePlanState state, StateStorage storage) =>
        new(state, storage, Settings(services).Maintenance, services.GetService<TimeProvider>() ?? TimeProvider.System, services.GetService<ILogger<MaintenanceService>>() ?? NullLogger<MaintenanceService>.Instance);

    private BluePlanStateOptions Settings(IServiceProvider services) => services.GetRequiredService<IOptionsMonitor<BluePlanStateOptions>>().Get(OptionsName);
}
