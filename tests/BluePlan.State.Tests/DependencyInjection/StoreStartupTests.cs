using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A store that can never work stops the app at its start; one that may come does not; and an app that is disposed without being stopped says nothing.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(30_000)]
public sealed class StoreStartupTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bluestate-start-").FullName;
    private readonly ListLogger _log = new();

    [TearDown]
    public void Delete() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Start_AnotherPartitionCount_StopsTheApp(CancellationToken cancellationToken)
    {
        await RunAsync(static s => s.Configure(static o => o.PartitionCount = 4), cancellationToken);

        var thrown = await RefusalAsync(static s => s.Configure(static o => o.PartitionCount = 8), cancellationToken);

        thrown.Should().BeOfType<StateOpenException>().Which.Fault.Should().Be(StateOpenFault.PartitionCount);
        thrown.Message.Should().Contain("has 4 partitions").And.Contain("Set PartitionCount to 4");
    }

    [Test]
    public async Task Start_ForeignDirectory_StopsTheApp(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "data.csv"), "a;b", cancellationToken);

        await RefusalAsync(static _ => { }, cancellationToken);
    }

    [Test]
    public async Task Start_AnotherReportingTimeZone_StopsTheApp(CancellationToken cancellationToken)
    {
        await RecordAsync("", cancellationToken);

        var thrown = await RefusalAsync(static s => s.Configure(static o => o.TokenUsage.ReportingTimeZone = "Asia/Shanghai"), cancellationToken);

        thrown.Should().BeOfType<StateOpenException>().Which.Message.Should().Contain("UTC").And.Contain("Asia/Shanghai");
        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.UsageOfOtherZone && e.Level == LogLevel.Error);
    }

    [Test]
    public async Task Start_ReportingTimeZoneCannotBeRead_StopsTheApp(CancellationToken cancellationToken)
    {
        await WriteAsync(new PutDocument(SettingsOf(""), new byte[] { 255 }), cancellationToken);

        (await RefusalAsync(static _ => { }, cancellationToken)).Should().BeOfType<StateCorruptionException>();
    }

    [Test]
    public async Task Start_ATenantsReportingTimeZoneIsAnother_RefusesThatTenantOnly(CancellationToken cancellationToken)
    {
        await RecordAsync("acme", cancellationToken);
        using var host = Build(static s => s.Configure(static o => o.TokenUsage.ReportingTimeZone = "Asia/Shanghai"));

        await host.StartAsync(cancellationToken);

        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.UsageOfOtherZone && e.Level == LogLevel.Error).Which.Message.Should().NotContain("acme");
        var state = host.Services.GetRequiredService<IBluePlanState>();
        await state.ForTenant("other").TokenUsage.RecordAsync(new() { RequestId = "1", UserId = "ann", Model = "m" }, cancellationToken);
        var thrown = (await state.ForTenant("acme").TokenUsage.Awaiting(u => u.RecordAsync(new() { RequestId = "2", UserId = "ann", Model = "m" }, cancellationToken)).Should().ThrowAsync<StateOpenException>()).Which;
        thrown.Message.Should().Contain("UTC").And.Contain("Asia/Shanghai").And.NotContain("acme");
        await host.StopAsync(cancellationToken);
    }

    [TestCase(new byte[] { 255 }, typeof(StateCorruptionException))]
    [TestCase(new byte[] { 3, 1, 0, 0 }, typeof(StateVersionException), Description = "a newer version wrote it")]
    public async Task Start_TenantsReportingTimeZonesCannotBeRead_StartsAndSaysSo(byte[] stored, Type fault, CancellationToken cancellationToken)
    {
        await RecordAsync("acme", cancellationToken);
        await RecordAsync("other", cancellationToken);
        await WriteAsync(new PutDocument(SettingsOf("acme"), stored), cancellationToken);
        await WriteAsync(new PutDocument(SettingsOf("other"), stored), cancellationToken);

        await RunAsync(static _ => { }, cancellationToken);

        var entry = _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.UsageSettingsUnreadable && e.Level == LogLevel.Error).Which;
        entry.Message.Should().Contain("2 tenants").And.NotContain("acme");
        entry.Exception.Should().BeOfType(fault);
    }

    [Test]
    public async Task Start_AMemberNamesNoTenant_Starts(CancellationToken cancellationToken)
    {
        await RecordAsync("acme", cancellationToken);
        await WriteAsync(new SetScores(UsageKeys.Tenants(0), [new(new('x', 4090), 1)]), cancellationToken);

        await RunAsync(static s => s.Configure(static o => o.Maintenance.Enabled = false), cancellationToken);

        _log.Entries.Should().NotContain(static e => e.Level >= LogLevel.Warning);
    }

    [Test]
    public async Task Record_AnotherReportingTimeZone_IsLoggedOnce(CancellationToken cancellationToken)
    {
        using var host = Build(static s => s.Configure(static o => (o.OpenOnStart, o.Maintenance.Enabled) = (false, false)));
        var state = host.Services.GetRequiredService<IBluePlanState>();
        await state.TokenUsage.RecordAsync(new() { RequestId = "1", UserId = "ann", Model = "m" }, cancellationToken);
        await ((IAsyncDisposable)host).DisposeAsync();
        await using var other = (IAsyncDisposable)Build(static s => s.Configure(static o => (o.OpenOnStart, o.TokenUsage.ReportingTimeZone) = (false, "Asia/Shanghai")));
        var usage = ((IHost)other).Services.GetRequiredService<ITokenUsageManager>();

        for (var i = 0; i < 3; i++) await usage.Awaiting(u => u.RecordAsync(new() { RequestId = "2", UserId = "ann", Model = "m" }, cancellationToken)).Should().ThrowAsync<StateOpenException>();

        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.UsageOfOtherZone);
    }

    [Test]
    public async Task Start_DirectoryIsOpenElsewhere_StartsAndOpensWhenItIsFree(CancellationToken cancellationToken)
    {
        await using var owner = new FileStateProvider(new() { Directory = Path.Combine(_directory, "data") });
        await owner.OpenAsync(32, cancellationToken);
        using var host = Build(static s => s.Configure(static o => o.File.OwnerTimeout = TimeSpan.FromMilliseconds(100)));

        await host.StartAsync(cancellationToken);
        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.StoreNotOpened && e.Level == LogLevel.Error);
        await owner.DisposeAsync();
        await host.Services.GetRequiredService<IConfigManager>().SaveAsync("a", 1, cancellationToken: cancellationToken);

        await host.StopAsync(cancellationToken);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Start_StoreIsAway_StartsAndSaysSo(bool maintains, CancellationToken cancellationToken)
    {
        using var host = Build(s => s.UseProvider(static _ => new Failing(new StateUnavailableException("Away.", mayHaveBeenWritten: false))).Configure(o => o.Maintenance.Enabled = maintains));

        await host.StartAsync(cancellationToken);

        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.StoreNotOpened && e.Exception is StateUnavailableException);
        await host.StopAsync(cancellationToken);
    }

    [Test]
    public async Task Start_OpenOnStartIsOff_LeavesTheStoreAlone(CancellationToken cancellationToken)
    {
        using var host = Build(static s => s.UseProvider(static _ => new Failing(new StateCorruptionException("Damaged."))).Configure(static o => (o.OpenOnStart, o.Maintenance.Enabled) = (false, false)));

        await host.StartAsync(cancellationToken);
        await host.StopAsync(cancellationToken);

        _log.Entries.Should().NotContain(static e => e.Level >= LogLevel.Warning && e.Event.Id == LogEvents.StoreNotOpened);
    }

    [Test]
    public async Task Start_EachProvider_LogsOneLineOfWhatWasOpened(CancellationToken cancellationToken)
    {
        await RunAsync(static s => s.Configure(static o => o.PartitionCount = 4), cancellationToken);
        await RunAsync(static s => s.UseInMemory().Configure(static o => o.PartitionCount = 4), cancellationToken);

        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.FileStoreOpened && e.Level == LogLevel.Information).Which.Message.Should().Contain(_directory).And.Contain("4 partitions").And.Contain("durability Always").And.Contain("bytes");
        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.MemoryStoreOpened && e.Level == LogLevel.Information).Which.Message.Should().Contain("4 partitions");
    }

    [Test]
    public async Task Dispose_WithoutStop_IsSilent([Values] bool files, [Values] bool asynchronously, CancellationToken cancellationToken)
    {
        var host = Build(s =>
        {
            if (!files) s.UseInMemory();
            s.Services.AddOptions<Settings>().FromBluePlanConfig("chat");
        });
        await host.StartAsync(cancellationToken);
        await host.Services.GetRequiredService<IConfigManager>().SaveAsync("chat", new Settings(), cancellationToken: cancellationToken);
        var services = host.Services.GetServices<IHostedService>().OfType<MaintenanceService>().ToArray();

        if (asynchronously) await ((IAsyncDisposable)host).DisposeAsync();
        else host.Dispose();

        foreach (var service in services) await service.ExecuteTask!.WaitAsync(cancellationToken);
        _log.Entries.Where(static e => e.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    [Test]
    public async Task Dispose_RightAfterStart_IsSilent(CancellationToken cancellationToken)
    {
        // Often enough that some are disposed before the pool has begun their first step.
        for (var i = 0; i < 200; i++)
        {
            var host = Build(static s => s.UseInMemory());
            await host.StartAsync(cancellationToken);
            var service = host.Services.GetServices<IHostedService>().OfType<MaintenanceService>().Single();

            host.Dispose();

            await service.ExecuteTask!.WaitAsync(cancellationToken);
        }
        _log.Entries.Where(static e => e.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    [Test]
    public async Task Dispose_InTheMiddleOfARound_IsSilent([Values] bool failsOnDisposal, CancellationToken cancellationToken)
    {
        var provider = new Waiting(failsOnDisposal);
        var time = new FakeTimeProvider();
        var host = Build(s => s.UseProvider(_ => provider).Services.AddSingleton<TimeProvider>(time));
        await host.StartAsync(cancellationToken);
        var service = host.Services.GetServices<IHostedService>().OfType<MaintenanceService>().Single();
        while (!provider.Maintains.Task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        host.Dispose();

        await service.ExecuteTask!.WaitAsync(cancellationToken);
        service.ExecuteTask.Status.Should().Be(TaskStatus.RanToCompletion);
        _log.Entries.Where(static e => e.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    [Test]
    public async Task Dispose_ALockIsHeld_TellsItsHolderAndIsSilent(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var host = Build(s => s.UseInMemory().Services.AddSingleton<TimeProvider>(time));
        await host.StartAsync(cancellationToken);
        var lease = await host.Services.GetRequiredService<ILockManager>().AcquireAsync("job", TimeSpan.FromSeconds(1), cancellationToken);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lease.Lost.Register(lost.SetResult);

        host.Dispose();
        time.Advance(TimeSpan.FromSeconds(10)); // the first renewal

        await lost.Task.WaitAsync(cancellationToken);
        lease.IsHeld.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(60));
        _log.Entries.Where(static e => e.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    private static StateKey SettingsOf(string tenant) =>
        new(StateRoute.Of("usage", tenant, "settings") & (StateOpenOptions.DefaultPartitionCount - 1), StateTypes.UsageSettings.Shape, StateTypes.UsageSettings.Name, KeyText.Join(tenant, "reporting"));

    /// <summary>Writes what no manager would.</summary>
    private async Task WriteAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        await using var provider = new FileStateProvider(new() { Directory = Path.Combine(_directory, "data") });
        await provider.OpenAsync(cancellationToken: cancellationToken);
        await provider.CommitAsync(new(operation), cancellationToken);
    }

    private async Task RecordAsync(string tenant, CancellationToken cancellationToken)
    {
        using var host = Build(static _ => { });
        await host.StartAsync(cancellationToken);
        await host.Services.GetRequiredService<IBluePlanState>().ForTenant(tenant).TokenUsage.RecordAsync(new() { RequestId = "1", UserId = "ann", Model = "m" }, cancellationToken);
        await host.StopAsync(cancellationToken);
    }

    private async Task RunAsync(Action<BluePlanStateBuilder> configure, CancellationToken cancellationToken)
    {
        using var host = Build(configure);
        await host.StartAsync(cancellationToken);
        await host.StopAsync(cancellationToken);
    }

    private async Task<Exception> RefusalAsync(Action<BluePlanStateBuilder> configure, CancellationToken cancellationToken)
    {
        var started = false;
        using var host = Build(s =>
        {
            configure(s);
            s.Services.AddHostedService(_ => new Noting(() => started = true));
        });

        var thrown = (await host.Awaiting(h => h.StartAsync(cancellationToken)).Should().ThrowAsync<Exception>()).Which;

        thrown.Should().Match(static e => e is StateOpenException || e is StateCorruptionException);
        started.Should().BeFalse("nothing of the app runs on a store that can never work");
        _log.Entries.Should().ContainSingle(static e => e.Event.Id == LogEvents.StoreRefused && e.Level == LogLevel.Error);
        return thrown;
    }

    private IHost Build(Action<BluePlanStateBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = _directory });
        builder.Services.AddSingleton<ILoggerFactory>(_log);
        builder.Services.AddBluePlanState(s => configure(s.UseFile(_directory.Length > 0 && File.Exists(Path.Combine(_directory, "data.csv")) ? _directory : "data")));
        return builder.Build();
    }

    private sealed class Settings
    {
        public string Model { get; set; } = "m";
    }

    private sealed class Noting(Action start) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Failing(Exception failure) : DelegatingStateProvider(new InMemoryStateProvider())
    {
        public override ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => throw failure;
    }

    private sealed class Waiting(bool failsOnDisposal) : DelegatingStateProvider(new InMemoryStateProvider())
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Maintains { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask MaintainAsync(CancellationToken cancellationToken)
        {
            Maintains.TrySetResult();
            if (failsOnDisposal) await _end.Task;
            else await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        public override ValueTask DisposeAsync()
        {
            _end.TrySetException(new StateUnavailableException("The connection was closed.", mayHaveBeenWritten: false));
            return base.DisposeAsync();
        }
    }
}
