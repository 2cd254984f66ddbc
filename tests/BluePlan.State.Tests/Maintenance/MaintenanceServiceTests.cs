using BluePlan.State.Storage;
using BluePlan.State.Tests.DependencyInjection;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(30_000)]
public sealed class MaintenanceServiceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(3);
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger _log = new();
    private MaintainedProvider _provider = null!;
    private ServiceProvider _services = null!;
    private MaintenanceService _service = null!;

    [SetUp]
    public void SetUp()
    {
        _provider = new(_time);
        _services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddSingleton<ILoggerFactory>(_log).AddLogging().With(s =>
            s.AddBluePlanState(b => b.UseProvider(_ => _provider).Configure(o => o.Maintenance.Interval = Interval)));
        _service = _services.GetServices<IHostedService>().OfType<MaintenanceService>().Single();
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    [Test]
    public async Task StartAsync_Enabled_OpensTheStoreAtOnceAndMaintainsItEachInterval(CancellationToken cancellationToken)
    {
        await _services.GetRequiredService<ISessionManager>().CreateAsync("ann", 1, new() { Expiry = StateExpiry.After(TimeSpan.FromSeconds(1)) }, cancellationToken);

        await _service.StartAsync(cancellationToken);
        await _provider.Opened.Task;
        await RoundAsync(cancellationToken);
        await RoundAsync(cancellationToken);

        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.MaintenanceDone && e.Message.Contains("swept 1 sessions"));
        _log.Entries.Should().NotContain(e => e.Level >= LogLevel.Warning);
    }

    [Test]
    public async Task StartAsync_Disabled_LeavesTheStoreAlone(CancellationToken cancellationToken)
    {
        using var disabled = new MaintenanceService(
            _services.GetRequiredService<IBluePlanState>(), _services.GetRequiredService<StateStorage>(), new() { Enabled = false }, _time, _services.GetRequiredService<ILogger<MaintenanceService>>());

        await disabled.StartAsync(cancellationToken);
        await disabled.ExecuteTask!;

        _provider.Opened.Task.IsCompleted.Should().BeFalse();
    }

    private static Exception[] Failures =>
    [
        new StateUnavailableException("It is down.", mayHaveBeenWritten: false), new InvalidOperationException("A bug."), new TaskCanceledException("Some client's own timeout."),
    ];

    [TestCaseSource(nameof(Failures))]
    public async Task ExecuteAsync_ARoundFails_LogsItAndTriesAgain(Exception failure, CancellationToken cancellationToken)
    {
        await _service.StartAsync(cancellationToken);
        _provider.Failure = failure;
        while (!_log.Entries.Any(static e => e.Event.Id == LogEvents.MaintenanceFailed)) await RoundAsync(cancellationToken); // one that is under way may have passed the failure by

        _provider.Failure = null;
        await RoundAsync(cancellationToken);
        await RoundAsync(cancellationToken); // so that the one before it has been logged

        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.MaintenanceFailed && e.Level == LogLevel.Error && e.Exception == failure);
        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.MaintenanceDone);
        _service.ExecuteTask!.IsCompleted.Should().BeFalse();
    }

    [TestCaseSource(nameof(Failures))]
    public async Task ExecuteAsync_StoreDoesNotOpen_LogsItAndTriesAgain(Exception failure, CancellationToken cancellationToken)
    {
        _provider.OpeningFailure = failure;
        await _service.StartAsync(cancellationToken);
        await _provider.Opened.Task;

        _provider.OpeningFailure = null;
        await RoundAsync(cancellationToken);

        _log.Entries.Should().Contain(e => e.Event.Id == LogEvents.StoreNotOpened && e.Level == LogLevel.Error && e.Exception == failure);
    }

    [Test]
    public async Task StopAsync_InTheMiddleOfARound_EndsItAndLogsNoFailure(CancellationToken cancellationToken)
    {
        await _service.StartAsync(cancellationToken);
        _provider.WaitsForCancellation = true;
        await RoundAsync(cancellationToken);

        await _service.StopAsync(cancellationToken);

        _service.ExecuteTask!.IsCompleted.Should().BeTrue();
        _log.Entries.Should().NotContain(e => e.Level >= LogLevel.Warning);
    }

    /// <summary>Lets intervals pass until the provider is maintained once more; the first may pass before the service waits for it.</summary>
    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        for (var before = _provider.Rounds; _provider.Rounds == before;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _time.Advance(Interval);
            await Task.Yield();
        }
    }

    private sealed class MaintainedProvider(TimeProvider time) : DelegatingStateProvider(new InMemoryStateProvider(time))
    {
        private int _rounds;

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception? OpeningFailure { get; set; }

        public Exception? Failure { get; set; }

        public bool WaitsForCancellation { get; set; }

        public int Rounds => Volatile.Read(ref _rounds);

        public override async ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
        {
            var failure = OpeningFailure;
            Opened.TrySetResult();
            if (failure is not null) throw failure;
            return await base.OpenAsync(options, cancellationToken);
        }

        public override async ValueTask MaintainAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _rounds);
            if (Failure is { } failure) throw failure;
            if (WaitsForCancellation) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }
}
