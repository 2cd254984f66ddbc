using BluePlan.State.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.Demo;

/// <summary>A store as a host registers it, that can be lost.</summary>
internal sealed class DemoStore : IAsyncDisposable
{
    private readonly StoreChoice _choice;
    private readonly Action<BluePlanStateOptions>? _configure;
    private ServiceProvider _services;
    private IStateProvider? _provider;

    public DemoStore(StoreChoice choice, Action<BluePlanStateOptions>? configure = null)
    {
        (_choice, _configure) = (choice, configure);
        _services = Register();
    }

    public IBluePlanState State => _services.GetRequiredService<IBluePlanState>();

    /// <summary>Where the files of a lost file store were put aside; null = nowhere.</summary>
    public string? PutAside { get; private set; }

    /// <summary>Loses everything in the store. Files are put aside until <see cref="Forget"/>, in case the restore does not work.</summary>
    public async Task LoseEverythingAsync(CancellationToken cancellationToken)
    {
        if (_choice.Kind == "file")
        {
            await _services.DisposeAsync();
            PutAside = $"{_choice.Place}.lost-{DateTime.UtcNow:yyyyMMddHHmmss}";
            Directory.Move(_choice.Place, PutAside);
            _services = Register();
        }
        else
        {
            await _provider!.ImportAsync(AsyncEnumerable.Empty<StateRecord>(), StateImportMode.Replace, cancellationToken);
        }
    }

    /// <summary>Deletes what was put aside.</summary>
    public void Forget()
    {
        if (PutAside is not null) Directory.Delete(PutAside, recursive: true);
        PutAside = null;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private ServiceProvider Register()
    {
        var services = new ServiceCollection();
        services.AddBluePlanState(state =>
        {
            _choice.Use(state);
            state.UseBackups("backups");
            state.Decorate((_, provider) => _provider = provider);
            if (_configure is not null) state.Configure(_configure);
        });
        return services.BuildServiceProvider();
    }
}
