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
    private string? _putAside;

    public DemoStore(StoreChoice choice, Action<BluePlanStateOptions>? configure = null)
    {
        (_choice, _configure) = (choice, configure);
        _services = Register();
    }

    public IBluePlanState State => _services.GetRequiredService<IBluePlanState>();

    /// <summary>Loses everything in the store. Files are put aside until <see cref="Forget"/>: without that, because the restore did not work, they come back in the end.</summary>
    public async Task LoseEverythingAsync(CancellationToken cancellationToken)
    {
        if (_choice.Kind == "file")
        {
            await _services.DisposeAsync();
            _putAside = $"{_choice.Place}.lost-{DateTime.UtcNow:yyyyMMddHHmmss}";
            Directory.Move(_choice.Place, _putAside);
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
        if (_putAside is not null) Directory.Delete(_putAside, recursive: true);
        _putAside = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_putAside is null) return;
        if (Directory.Exists(_choice.Place)) Directory.Delete(_choice.Place, recursive: true);
        Directory.Move(_putAside, _choice.Place);
    }

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
