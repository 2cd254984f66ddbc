using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>Opens one store before the services of the app start. One that can never work with these settings stops the app; one that cannot be reached does not.</summary>
internal sealed partial class StoreStartup(BluePlanState state, StateStorage storage, bool opens, ILogger<StoreStartup> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!opens) return;
        try
        {
            await storage.OpenAsync(cancellationToken).ConfigureAwait(false);
            await state.CheckSettingsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (CanHeal(exception))
        {
            if (cancellationToken.IsCancellationRequested) throw;
            NotOpened(exception, storage.Provider.Name);
        }
        catch (Exception exception)
        {
            Refused(exception, storage.Provider.Name);
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The server comes back, the former process lets go of the directory, a client's own timeout was too short: each call tries again.
    private static bool CanHeal(Exception exception) => exception is StateUnavailableException or StateOpenException { Fault: StateOpenFault.InUse } or OperationCanceledException;

    [LoggerMessage(LogEvents.StoreNotOpened, LogLevel.Error, "The {Provider} store could not be opened when the app started. Every call tries again.")]
    private partial void NotOpened(Exception exception, string provider);

    [LoggerMessage(LogEvents.StoreRefused, LogLevel.Error, "The {Provider} store does not fit this app's settings, which no further attempt would change. The app does not start.")]
    private partial void Refused(Exception exception, string provider);
}
