using BluePlan.State.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>Maintains one store from time to time. Opens it first, where that was not tried before the app's services started.</summary>
internal sealed partial class MaintenanceService(IBluePlanState state, StateStorage storage, MaintenanceOptions options, TimeProvider time, ILogger<MaintenanceService> logger) : BackgroundService
{
    private Task? _quiet;

    /// <summary>What the host watches: it ends without a fault also when the service was disposed before its first step, which cancels the task itself.</summary>
    public override Task? ExecuteTask => base.ExecuteTask is { } running ? _quiet ??= QuietAsync(running) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled) return;
        try
        {
            await MaintainAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The end. A host that is disposed without being stopped would log what is thrown here as a crash.
        }
    }

    private static async Task QuietAsync(Task running)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nothing else is thrown out of it.
        }
    }

    private async Task MaintainAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!storage.WasTried) await storage.OpenAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            NotOpened(exception, storage.Provider.Name); // the host starts all the same: calls say what is wrong, and a store that comes later is opened by them
        }

        if (storage.Options.Mode is StateOpenMode.ReadOnly) return;
        using var timer = new PeriodicTimer(options.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                var report = await state.MaintainAsync(stoppingToken).ConfigureAwait(false);
                Done(storage.Provider.Name, report.Sessions, report.Conversations, report.DataKeys);
                StateTelemetry.Swept.Add(report.Sessions, new KeyValuePair<string, object?>(StateTelemetry.JobTag, "sessions"));
                StateTelemetry.Swept.Add(report.Conversations, new KeyValuePair<string, object?>(StateTelemetry.JobTag, "conversations"));
                StateTelemetry.Swept.Add(report.DataKeys, new KeyValuePair<string, object?>(StateTelemetry.JobTag, "data"));
            }
            catch (ObjectDisposedException)
            {
                return; // The store was closed, and is not opened again.
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested) // else what fails is not worth a word: the store may be closed already
            {
                // A cancellation that is not ours is a failure like any other: some client's own timeout, which must not end the host.
                Failed(exception, storage.Provider.Name, options.Interval);
            }
        }
    }

    [LoggerMessage(LogEvents.MaintenanceDone, LogLevel.Debug, "Maintained the {Provider} store: swept {Sessions} sessions, {Conversations} conversations and {DataKeys} data keys.")]
    private partial void Done(string provider, int sessions, int conversations, int dataKeys);

    [LoggerMessage(LogEvents.MaintenanceFailed, LogLevel.Error, "Maintaining the {Provider} store failed; it is tried again in {Interval}.")]
    private partial void Failed(Exception exception, string provider, TimeSpan interval);

    [LoggerMessage(LogEvents.StoreNotOpened, LogLevel.Error, "The {Provider} store could not be opened when the app started. Every call tries again.")]
    private partial void NotOpened(Exception exception, string provider);
}
