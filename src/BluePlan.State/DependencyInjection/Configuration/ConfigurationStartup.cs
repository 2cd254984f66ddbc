using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State;

/// <summary>Fills the configuration from the configs of one store before any service of the app starts.</summary>
/// <param name="services">The services.</param>
/// <param name="storeName">The store; <c>null</c> for the unnamed one.</param>
internal sealed class ConfigurationStartup(IServiceProvider services, string? storeName) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _disposal = new();

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var (provider, firstAnswer) in In(services.GetService<IConfiguration>()).Where(provider => provider.StoreName == storeName).Select(provider => (provider, provider.StartAsync(services, _disposal.Token))).ToArray())
        {
            try
            {
                await firstAnswer.WaitAsync(LongestWait, services.GetService<TimeProvider>() ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                var logger = services.GetService<ILoggerFactory>()?.CreateLogger<IConfigManager>() ?? (ILogger)NullLogger.Instance;
                ConfigOptionsLog.NotWaitedFor(logger, provider.ConfigName, LongestWait);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _disposal.Cancel();

    private static IEnumerable<BluePlanStateConfigurationProvider> In(IConfiguration? configuration) => configuration is not IConfigurationRoot root ? []
        : root.Providers.SelectMany(static provider => provider switch
        {
            BluePlanStateConfigurationProvider one => [one],
            ChainedConfigurationProvider chained => In(chained.Configuration),
            _ => [],
        });
}
