using Microsoft.Extensions.Hosting;

namespace BluePlan.State;

/// <summary>Reads the configs that options follow before any service of the host starts.</summary>
internal sealed class ConfigOptionsStartup(IEnumerable<IConfigOptionsFollower> followers) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.WhenAll(followers.Select(static f => f.StartAsync())).WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
