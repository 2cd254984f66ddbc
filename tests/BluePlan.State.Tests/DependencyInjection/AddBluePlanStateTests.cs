using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace BluePlan.State.Tests.DependencyInjection;

[TestFixture]
public sealed class AddBluePlanStateTests
{
    [Test]
    public async Task AddBluePlanState_EachManager_IsTheOneOfTheState()
    {
        await using var services = new ServiceCollection().With(static s => s.AddBluePlanState(static b => b.UseInMemory()));

        var state = services.GetRequiredService<IBluePlanState>();

        services.GetRequiredService<ISessionManager>().Should().BeSameAs(state.Sessions);
        services.GetRequiredService<IHistoryManager>().Should().BeSameAs(state.History);
        services.GetRequiredService<ITokenUsageManager>().Should().BeSameAs(state.TokenUsage);
        services.GetRequiredService<IConfigManager>().Should().BeSameAs(state.Config);
        services.GetRequiredService<IBackupManager>().Should().BeSameAs(state.Backups);
        services.GetRequiredService<IStateStore>().Should().BeSameAs(state.Store);
        services.GetRequiredService<ILockManager>().Should().BeSameAs(state.Locks);
        state.Tenant.Should().BeEmpty();
    }

    [Test]
    public async Task AddBluePlanState_CalledTwice_ChangesTheSameStore()
    {
        var collection = new ServiceCollection();
        collection.AddBluePlanState(static b => b.UseInMemory());
        var count = collection.Count;
        collection.AddBluePlanState(static b => b.Configure(static o => o.Config.KeepVersions = 7));
        await using var services = collection.BuildServiceProvider();

        services.GetServices<IBluePlanState>().Should().ContainSingle();
        services.GetRequiredService<IOptions<BluePlanStateOptions>>().Value.Config.KeepVersions.Should().Be(7);
        collection.Count.Should().Be(count + 1, "only the settings were added");
        await services.GetRequiredService<IConfigManager>().SaveAsync("a", 1);
    }

    [Test]
    public async Task AddBluePlanState_Named_IsAStoreOfItsOwn()
    {
        await using var services = new ServiceCollection().With(static s =>
        {
            s.AddBluePlanState(static b => b.UseInMemory());
            s.AddBluePlanState("telemetry", static b => b.UseInMemory().Configure(static o => o.PartitionCount = 4));
        });
        var main = services.GetRequiredService<IConfigManager>();
        var telemetry = services.GetRequiredKeyedService<IConfigManager>("telemetry");

        await main.SaveAsync("name", "main");
        await telemetry.SaveAsync("name", "telemetry");

        (await main.LoadAsync<string>("name"))!.Value.Should().Be("main");
        (await telemetry.LoadAsync<string>("name"))!.Value.Should().Be("telemetry");
        services.GetRequiredKeyedService<IBluePlanState>("telemetry").Config.Should().BeSameAs(telemetry);
    }

    [Test]
    public async Task UseProvider_Twice_TheLastOneWins()
    {
        var used = new List<string>();
        await using var services = new ServiceCollection().With(s => s.AddBluePlanState(b => b
            .UseProvider(_ => Note("first"))
            .UseProvider(_ => Note("second"))));

        await services.GetRequiredService<IConfigManager>().ListAsync();

        used.Should().Equal("second");

        InMemoryStateProvider Note(string which)
        {
            used.Add(which);
            return new();
        }
    }

    [Test]
    public async Task Decorate_Twice_TheLaterOneStandsOutside()
    {
        var calls = new List<string>();
        await using var services = new ServiceCollection().With(s => s.AddBluePlanState(b => b
            .UseInMemory()
            .Decorate((_, inner) => new NotingProvider(inner, "inside", calls))
            .Decorate((_, inner) => new NotingProvider(inner, "outside", calls))));

        await services.GetRequiredService<IConfigManager>().SaveAsync("a", 1);

        calls.Take(2).Should().Equal("outside", "inside");
    }

    [Test]
    public async Task Dispose_OfTheContainer_DisposesTheProviderOnce()
    {
        var calls = new List<string>();
        var services = new ServiceCollection().With(s => s.AddBluePlanState(b => b.UseProvider(_ => new NotingProvider(new InMemoryStateProvider(), "it", calls))));
        await services.GetRequiredService<IConfigManager>().ListAsync();
        calls.Clear();

        await services.DisposeAsync();

        calls.Should().Equal("it disposed");
    }

    [Test]
    public void Options_WithFaults_ListEveryOne()
    {
        using var services = new ServiceCollection().With(static s => s.AddBluePlanState(static b => b.UseInMemory().Configure(static o =>
        {
            o.PartitionCount = 33;
            o.Sessions.Timeout = TimeSpan.Zero;
            o.Sessions.AbsoluteTimeout = TimeSpan.FromTicks(-1);
            o.History.MaximumMessages = 0;
            o.TokenUsage.DetailRetention = TimeSpan.FromDays(-1);
            o.Config.KeepVersions = -5;
            o.Maintenance.Interval = TimeSpan.Zero;
            o.File.FlushInterval = TimeSpan.Zero;
        })));

        var act = services.GetRequiredService<IBluePlanState>;

        act.Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(8)
            .And.ContainMatch("*PartitionCount is 33*").And.ContainMatch("*Sessions.Timeout is*").And.ContainMatch("*Sessions.AbsoluteTimeout is*").And.ContainMatch("*History.MaximumMessages is 0*")
            .And.ContainMatch("*TokenUsage.DetailRetention is*").And.ContainMatch("*Config.KeepVersions is -5*").And.ContainMatch("*Maintenance.Interval is*").And.ContainMatch("*File.FlushInterval is*");
    }

    [Test]
    public void Options_OfTwoStoresWithFaults_SayWhoseTheyAre()
    {
        using var services = new ServiceCollection().With(static s =>
        {
            s.AddBluePlanState(static b => b.UseInMemory().Configure(static o => o.PartitionCount = 0));
            s.AddBluePlanState("telemetry", static b => b.UseInMemory().Configure(static o => o.Config.KeepVersions = 0));
        });

        services.Invoking(static s => s.GetRequiredService<IBluePlanState>()).Should().Throw<OptionsValidationException>().Which.Failures.Should().Equal("BluePlanState: PartitionCount is 0; it must be a power of two from 1 to 1024.");
        services.Invoking(static s => s.GetRequiredKeyedService<IBluePlanState>("telemetry")).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().ContainSingle().Which.Should().StartWith("BluePlanState 'telemetry': Config.KeepVersions is 0");
    }

    [Test]
    public void UseFile_EverySetting_ReachesTheProvider()
    {
        FileStateOptions? used = null;
        var wanted = new FileStateOptions { Directory = Path.GetFullPath("somewhere"), RequirePrivateDirectory = false, OwnerTimeout = TimeSpan.FromSeconds(8), Durability = FileDurability.Interval, FlushInterval = TimeSpan.FromSeconds(9), CheckpointBytes = 1 << 21 };
        using var services = new ServiceCollection().With(s =>
        {
            var store = s.AddBluePlanState(b => b.UseFile("somewhere", o => (o.RequirePrivateDirectory, o.OwnerTimeout, o.Durability, o.FlushInterval, o.CheckpointBytes) = (wanted.RequirePrivateDirectory, wanted.OwnerTimeout, wanted.Durability, wanted.FlushInterval, wanted.CheckpointBytes)));
            store.UseProvider(services => Note((FileStateProvider)s.Select(static d => d.ImplementationInstance).OfType<StoreRegistration>().Single().CreateFileProvider(services)));
        });

        services.GetRequiredService<IBluePlanState>();

        used.Should().BeEquivalentTo(wanted);
        wanted.Should().NotBeEquivalentTo(new FileStateOptions(), "each setting is another than the default");
        foreach (var setting in typeof(FileStateOptions).GetProperties()) setting.GetValue(wanted).Should().NotBe(setting.GetValue(new FileStateOptions()), setting.Name);

        FileStateProvider Note(FileStateProvider provider)
        {
            used = provider.Options;
            return provider;
        }
    }

    [Test]
    public void Options_FromConfiguration_BindTheWholeTree()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["BluePlanState:PartitionCount"] = "8",
            ["BluePlanState:File:Directory"] = "elsewhere",
            ["BluePlanState:File:Durability"] = "Interval",
            ["BluePlanState:File:FlushInterval"] = "00:00:05",
            ["BluePlanState:File:CheckpointBytes"] = "2097152",
            ["BluePlanState:Sessions:Timeout"] = "00:20:00",
            ["BluePlanState:Sessions:AbsoluteTimeout"] = "12:00:00",
            ["BluePlanState:TokenUsage:ReportingTimeZone"] = "Asia/Shanghai",
            ["BluePlanState:TokenUsage:DetailRetention"] = "20.00:00:00",
            ["BluePlanState:Maintenance:Interval"] = "00:05:00",
            ["BluePlanState:History:MaximumMessages"] = "40",
            ["BluePlanState:Config:KeepVersions"] = "3",
            ["BluePlanState:Maintenance:Enabled"] = "false",
        }).Build();
        using var services = new ServiceCollection().With(s =>
        {
            s.AddBluePlanState(static b => b.UseInMemory());
            s.Configure<BluePlanStateOptions>(configuration.GetSection("BluePlanState"));
        });

        var options = services.GetRequiredService<IOptions<BluePlanStateOptions>>().Value;

        options.PartitionCount.Should().Be(8);
        options.File.Should().BeEquivalentTo(new FileStateOptions { Directory = "elsewhere", Durability = FileDurability.Interval, FlushInterval = TimeSpan.FromSeconds(5), CheckpointBytes = 1 << 21 });
        (options.Sessions.Timeout, options.Sessions.AbsoluteTimeout).Should().Be((TimeSpan.FromMinutes(20), TimeSpan.FromHours(12)));
        (options.TokenUsage.ReportingTimeZone, options.TokenUsage.DetailRetention, options.Maintenance.Interval).Should().Be(("Asia/Shanghai", TimeSpan.FromDays(20), TimeSpan.FromMinutes(5)));
        options.History.MaximumMessages.Should().Be(40);
        options.Config.KeepVersions.Should().Be(3);
        options.Maintenance.Enabled.Should().BeFalse();
    }

    [Test]
    public async Task ForTenant_SameNames_AreApart()
    {
        await using var services = new ServiceCollection().With(static s => s.AddBluePlanState(static b => b.UseInMemory()));
        var state = services.GetRequiredService<IBluePlanState>();
        var (acme, other) = (state.ForTenant("acme"), state.ForTenant("other"));

        await acme.Config.SaveAsync("name", "acme's");

        acme.Tenant.Should().Be("acme");
        acme.ForTenant("").Tenant.Should().BeEmpty();
        (await other.Config.LoadAsync<string>("name")).Should().BeNull();
        (await state.Config.LoadAsync<string>("name")).Should().BeNull();
        (await state.ForTenant("acme").Config.LoadAsync<string>("name"))!.Value.Should().Be("acme's");
    }

    [Test]
    public void ForTenant_TooLongOrMalformed_IsRefused()
    {
        using var services = new ServiceCollection().With(static s => s.AddBluePlanState(static b => b.UseInMemory()));
        var state = services.GetRequiredService<IBluePlanState>();

        state.Invoking(s => s.ForTenant(new('x', 10_000))).Should().Throw<ArgumentException>();
        state.Invoking(s => s.ForTenant("\ud800")).Should().Throw<ArgumentException>();
        state.Invoking(s => s.ForTenant(null!)).Should().Throw<ArgumentNullException>();
    }

    [TestCase("a/b")]
    [TestCase("..")]
    [TestCase("a b")]
    public void AddBluePlanState_NameUnfitForAFolder_IsRefused(string name)
    {
        var act = () => new ServiceCollection().AddBluePlanState(name);

        act.Should().Throw<ArgumentException>().WithMessage("*1 to 64*");
    }

    [Test]
    public async Task AddBluePlanState_WithNothingElse_KeepsFilesUnderTheContentRoot()
    {
        var root = Directory.CreateTempSubdirectory("bluestate-root-").FullName;
        try
        {
            var host = Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = root });
            host.Services.AddBluePlanState();
            host.Services.AddBluePlanState("second");
            using (var app = host.Build())
            {
                await app.StartAsync();
                await app.Services.GetRequiredService<IConfigManager>().SaveAsync("name", "kept");
                await app.Services.GetRequiredKeyedService<IConfigManager>("second").SaveAsync("name", "apart");
                await app.Services.GetRequiredService<IBackupManager>().CreateAsync("first");
                await app.Services.GetRequiredKeyedService<IBackupManager>("second").CreateAsync("second");
                await app.StopAsync();
            }
            Directory.GetDirectories(root).Select(Path.GetFileName).Should().BeEquivalentTo("data", "data-second", "backups", "backups-second");

            using var again = new ServiceCollection().With(s => s.AddBluePlanState(b => b.UseFile(Path.Combine(root, "data"))));
            (await again.GetRequiredService<IConfigManager>().LoadAsync<string>("name"))!.Value.Should().Be("kept");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Test]
    public async Task UseJson_AfterUseSerializer_TheLaterOneWins()
    {
        await using var services = new ServiceCollection().With(static s => s.AddBluePlanState(static b => b.UseInMemory().UseSerializer(new UselessSerializer(200)).UseJson()));
        var sessions = services.GetRequiredService<ISessionManager>();

        var session = await sessions.CreateAsync("ann", "text");

        (await sessions.PatchAsync(session.Id, new() { ["a"] = 1 })).Should().BeTrue("the data is JSON");
    }

    [Test]
    public void UseSerializer_WithAFormatOfOurs_IsRefused()
    {
        var act = static () => new ServiceCollection().AddBluePlanState(static b => b.UseSerializer(new UselessSerializer(127)));

        act.Should().Throw<ArgumentException>().WithMessage("*128 to 255*");
    }

    private sealed class UselessSerializer(byte formatId) : IStateSerializer
    {
        public byte FormatId => formatId;

        public void Serialize<T>(T value, System.Buffers.IBufferWriter<byte> destination) => throw new NotSupportedException();

        public T Deserialize<T>(ReadOnlySpan<byte> source) => throw new NotSupportedException();
    }
}
