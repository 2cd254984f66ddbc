using System.Text;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What is wrong in the text of settings stops the app at its start, all at once, however they are bound.</summary>
[TestFixture]
public sealed class SettingsCheckTests
{
    /// <summary>The ways in which apps bind a section.</summary>
    public enum Way { Builder, Configure, Bind, OptionsBuilder, RootItself }

    [Test]
    public async Task Host_EveryKindOfFault_IsReportedAtOnce([Values] Way way)
    {
        var failures = await FailuresAsync(way, """
            {
              "PartitionCuont": 32,
              "Sessions": { "Timeout": "3600", "Absolutetimeout": "24:00:00" },
              "History": "01:00:00",
              "Locks": { "LeaseDuration": "30" },
              "Sesions": { "Timeout": "01:00:00" },
              "TokenUsage": { "Prices": { "llama3:8b": { "Input": 0.2 } } }
            }
            """);

        failures.Should().HaveCountGreaterThanOrEqualTo(7);
        failures.Should().ContainMatch("*PartitionCuont is not a setting. Did you mean 'PartitionCount'?");
        failures.Should().ContainMatch("*Sessions:Timeout is \"3600\", which would be read as 3,600 days. Write \"01:00:00\" for 3,600 seconds*");
        failures.Should().ContainMatch("*Sessions:Absolutetimeout is \"24:00:00\", which would be read as 24 days*\"1.00:00:00\" for 24 hours*");
        failures.Should().ContainMatch("*History has a value, but it is a section with settings of its own: MaximumMessages*");
        failures.Should().ContainMatch("*Locks:LeaseDuration is \"30\"*\"00:00:30\" for 30 seconds*");
        failures.Should().ContainMatch("*Sesions is not a setting. Did you mean 'Sessions'?");
        failures.Should().ContainMatch("*Prices:llama3:8b is not a setting. A colon separates sections*\"Model\": \"…:8b\"*");
    }

    [Test]
    public async Task Host_ValuesThatCannotBeRead_AreReportedAtOnce([Values] Way way)
    {
        var failures = await FailuresAsync(way, """{ "PartitionCount": "many", "OpenOnStart": "yes", "Sessions": { "Timeout": "1h", "AbsoluteTimeout": "3600" }, "File": { "Durability": "Sometimes" }, "History": { "MaximumMessages": { "Count": 5 } } }""");

        failures.Should().HaveCount(6);
        failures.Should().ContainMatch("*PartitionCount is \"many\"; it must be a whole number.");
        failures.Should().ContainMatch("*OpenOnStart is \"yes\"; it must be true or false.");
        failures.Should().ContainMatch("*Sessions:Timeout is \"1h\"*\"01:00:00\"*");
        failures.Should().ContainMatch("*Sessions:AbsoluteTimeout is \"3600\"*");
        failures.Should().ContainMatch("*File:Durability is \"Sometimes\"; it must be one of Always, Interval, OperatingSystem.");
        failures.Should().ContainMatch("*History:MaximumMessages has settings below it, but it is a single value.");
    }

    [Test]
    public async Task Host_EveryTimeSpanAsABareNumber_IsReported()
    {
        var (path, spans) = (new List<string>(), 0);
        Visit(typeof(BluePlanStateOptions), "");
        var json = $"{{ {string.Join(", ", path.Select(static p => $"\"{p}\": \"2\""))} }}";

        var failures = await FailuresAsync(Way.Configure, json);

        failures.Where(static f => f.Contains("would be read as 2 days", StringComparison.Ordinal)).Should().HaveCount(spans);
        spans.Should().BeGreaterThanOrEqualTo(7);

        void Visit(Type type, string prefix)
        {
            foreach (var property in type.GetProperties())
            {
                if ((Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan)) { path.Add(prefix + property.Name); spans++; }
                else if (property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)) Visit(property.PropertyType, $"{prefix}{property.Name}:");
            }
        }
    }

    [Test]
    public async Task Host_WholeTree_BindsAlikeInEveryWay([Values] Way way)
    {
        using var host = await StartAsync(way, """
            {
              "PartitionCount": 8, "OpenOnStart": true,
              "File": { "Directory": "elsewhere", "Durability": "interval", "FlushInterval": "00:00:05", "CheckpointBytes": 2097152 },
              "Sessions": { "Timeout": "400.00:00:00", "AbsoluteTimeout": null },
              "History": { "MaximumMessages": 40, "Timeout": "30.00:00:00" },
              "TokenUsage": { "ReportingTimeZone": "Asia/Shanghai", "DetailRetention": "20.00:00:00", "Prices": { "gpt-5": { "Input": 1.25, "Output": 10, "CachedInput": 0.125 } } },
              "Config": { "KeepVersions": 3 },
              "Locks": { "LeaseDuration": "00:01:00", "FenceRetention": "1.00:00:00" },
              "Maintenance": { "Enabled": false, "Interval": "00:05:00" },
              "Redis": { "KeyPrefix": "app" }
            }
            """);

        var options = host.Services.GetRequiredService<IOptions<BluePlanStateOptions>>().Value;

        var expected = new BluePlanStateOptions { PartitionCount = 8 };
        (expected.File.Directory, expected.File.Durability, expected.File.FlushInterval, expected.File.CheckpointBytes) = ("elsewhere", FileDurability.Interval, TimeSpan.FromSeconds(5), 1 << 21);
        expected.Sessions.Timeout = TimeSpan.FromDays(400);
        (expected.History.MaximumMessages, expected.History.Timeout) = (40, TimeSpan.FromDays(30));
        (expected.TokenUsage.ReportingTimeZone, expected.TokenUsage.DetailRetention, expected.Config.KeepVersions) = ("Asia/Shanghai", TimeSpan.FromDays(20), 3);
        expected.TokenUsage.Prices["gpt-5"] = new() { Input = 1.25m, Output = 10, CachedInput = 0.125m };
        (expected.Locks.LeaseDuration, expected.Locks.FenceRetention) = (TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
        (expected.Maintenance.Enabled, expected.Maintenance.Interval) = (false, TimeSpan.FromMinutes(5));
        options.Should().BeEquivalentTo(expected);
    }

    [Test]
    public async Task Host_PricesAsAList_AreThoseOfTheirModels([Values] Way way)
    {
        using var host = await StartAsync(way, """{ "TokenUsage": { "Prices": [{ "Model": "llama3:8b", "Input": 1000000 }, { "Model": "gpt-5", "Input": 2000000 }] } }""");
        var usage = host.Services.GetRequiredService<ITokenUsageManager>();

        await usage.RecordAsync(new() { RequestId = "1", UserId = "ann", Model = "llama3:8b", InputTokens = 3 });

        (await usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.Cost.Should().Be(3);
    }

    [Test]
    public async Task Host_PriceInAListWithoutModel_IsReported([Values] Way way) =>
        (await FailuresAsync(way, """{ "TokenUsage": { "Prices": [{ "Input": 1 }] } }""")).Should().ContainSingle().Which.Should().Contain("Prices:0 has no Model");

    [TestCase("400.00:00:01")]
    [TestCase("3600.00:00:00")]
    public async Task Host_TimeoutBeyond400Days_IsRefused(string time)
    {
        var failures = await FailuresAsync(Way.Configure, $$"""{ "Sessions": { "Timeout": "{{time}}", "AbsoluteTimeout": "{{time}}" }, "History": { "Timeout": "{{time}}" }, "Locks": { "FenceRetention": "{{time}}" } }""");

        failures.Should().HaveCount(4).And.OnlyContain(static f => f.Contains("to 400 days", StringComparison.Ordinal));
    }

    [TestCase(Way.Builder)]
    [TestCase(Way.Configure)]
    public async Task Host_SectionItselfMisspelt_IsReported(Way way)
    {
        var failures = await FailuresAsync(way, """{ "Sessions": { "Timeout": "01:00:00" } }""", section: "BluPlanState");

        failures.Should().ContainSingle().Which.Should().Be("BluePlanState is missing, but there is a section 'BluPlanState'. Rename it to 'BluePlanState'.");
    }

    [Test]
    public async Task Host_NoSectionAtAll_StartsWithDefaults([Values(Way.Builder, Way.Configure, Way.Bind)] Way way)
    {
        using var host = await StartAsync(way, "{}", section: "Logging");

        host.Services.GetRequiredService<IOptions<BluePlanStateOptions>>().Value.Should().BeEquivalentTo(new BluePlanStateOptions());
    }

    [Test]
    public async Task BindConfiguration_NamedStore_UsesTheSectionOfItsName()
    {
        var builder = Builder("""{ "PartitionCount": 4, "telemetry": { "PartitionCount": 2, "Sessions": { "Timeout": "00:02:00" } } }""");
        builder.Services.AddBluePlanState(static s => s.UseInMemory().BindConfiguration());
        builder.Services.AddBluePlanState("telemetry", static s => s.UseInMemory().BindConfiguration());
        using var host = builder.Build();
        await host.StartAsync();
        var options = host.Services.GetRequiredService<IOptionsMonitor<BluePlanStateOptions>>();

        (options.Get("").PartitionCount, options.Get("telemetry").PartitionCount, options.Get("telemetry").Sessions.Timeout).Should().Be((4, 2, TimeSpan.FromMinutes(2)));
        await host.StopAsync();
    }

    [Test]
    public void BindConfiguration_FaultOfANamedStore_SaysWhere()
    {
        var builder = Builder("""{ "telemetry": { "Sessions": { "Timeout": "30" } } }""");
        builder.Services.AddBluePlanState("telemetry", static s => s.UseInMemory().BindConfiguration());
        using var host = builder.Build();

        host.Awaiting(static h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>().Result.Which.Failures.Should().ContainSingle().Which.Should().StartWith("BluePlanState:telemetry:Sessions:Timeout is \"30\"");
    }

    [Test]
    public async Task BindConfiguration_SettingsOfCode_WinWhenTheyComeLater()
    {
        var builder = Builder("""{ "PartitionCount": 4, "Sessions": { "Timeout": "00:02:00" } }""");
        builder.Services.AddBluePlanState(static s => s.UseInMemory().Configure(static o => o.PartitionCount = 2).BindConfiguration().Configure(static o => o.Sessions.Timeout = TimeSpan.FromMinutes(3)));
        using var host = builder.Build();
        await host.StartAsync();
        var options = host.Services.GetRequiredService<IOptions<BluePlanStateOptions>>().Value;

        (options.PartitionCount, options.Sessions.Timeout).Should().Be((4, TimeSpan.FromMinutes(3)));
        await host.StopAsync();
    }

    [Test]
    public async Task BindSection_OptionsOfAPackage_AreBoundAndChecked()
    {
        var builder = Builder("""{ "Other": { "Text": "a", "Time": "00:00:05", "Count": 3 } }""");
        builder.Services.AddBluePlanState(static s => s.UseInMemory().BindSection<OtherOptions>("Other").BindConfiguration());
        using var host = builder.Build();
        await host.StartAsync();

        host.Services.GetRequiredService<IOptions<OtherOptions>>().Value.Should().BeEquivalentTo(new OtherOptions { Text = "a", Time = TimeSpan.FromSeconds(5), Count = 3 });
        await host.StopAsync();

        builder = Builder("""{ "Other": { "Tiem": "00:00:05", "Time": "5" } }""");
        builder.Services.AddBluePlanState(static s => s.BindConfiguration().UseInMemory().BindSection<OtherOptions>("Other"));
        builder.Services.AddOptions<OtherOptions>().ValidateOnStart();
        using var faulty = builder.Build();
        (await faulty.Awaiting(static h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().HaveCount(2)
            .And.ContainMatch("BluePlanState:Other:Tiem is not a setting. Did you mean 'Time'?").And.ContainMatch("BluePlanState:Other:Time is \"5\"*");
    }

    [Test]
    public async Task Host_UnknownSetting_ShowsNoValue() =>
        (await FailuresAsync(Way.Configure, """{ "ConnectionString": "localhost,password=s3cret" }""")).Should().ContainSingle().Which.Should().NotContain("s3cret").And.Contain("Known there: Config, File, History");

    private static async Task<IReadOnlyList<string>> FailuresAsync(Way way, string json, string section = "BluePlanState") =>
        [.. (await FluentActions.Awaiting(() => StartAsync(way, json, section)).Should().ThrowAsync<OptionsValidationException>()).Which.Failures];

    private static async Task<IHost> StartAsync(Way way, string json, string section = "BluePlanState")
    {
        var builder = Builder(json, section);
        builder.Services.AddBluePlanState(s =>
        {
            s.UseInMemory();
            if (way is Way.Builder) s.BindConfiguration();
        });
        var bound = builder.Configuration.GetSection("BluePlanState");
        if (way is Way.Configure) builder.Services.Configure<BluePlanStateOptions>(bound);
        if (way is Way.Bind) builder.Services.AddOptions<BluePlanStateOptions>().Bind(bound);
        if (way is Way.OptionsBuilder) builder.Services.AddOptions<BluePlanStateOptions>().BindConfiguration("BluePlanState");
        if (way is Way.RootItself) builder.Services.Configure<BluePlanStateOptions>(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static HostApplicationBuilder Builder(string json, string section = "BluePlanState")
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "{{section}}": {{json}} }""")));
        return builder;
    }

    public sealed class OtherOptions
    {
        public string Text { get; set; } = "";

        public TimeSpan Time { get; set; }

        public int Count { get; set; }
    }
}
