using System.Text;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class TokenUsageOptionsTests
{
    [Test]
    public void Validate_Defaults_HaveNoFault() => Faults(_ => { }).Should().BeEmpty();

    [TestCase("Asia/Shanghai")]
    [TestCase("China Standard Time")]
    [TestCase("Asia/Kathmandu")]
    public void Validate_TimeZoneOfEitherKind_HasNoFault(string zone) => Faults(o => o.ReportingTimeZone = zone).Should().BeEmpty();

    [TestCase("Mars/Olympus")]
    [TestCase("")]
    [TestCase(null)]
    public void Validate_UnknownTimeZone_IsAFault(string? zone) => Faults(o => o.ReportingTimeZone = zone!).Should().ContainSingle().Which.Should().Contain("usage.ReportingTimeZone").And.Contain($"'{zone}'");

    [Test]
    public void Validate_EveryFault_IsListed()
    {
        var faults = Faults(o =>
        {
            o.DetailRetention = TimeSpan.FromHours(23);
            o.Prices["negative"] = new() { Input = -1 };
            o.Prices["dear"] = new() { CacheWrite = 1_000_000_001 };
            o.Prices["none"] = null!;
            o.Prices["Twice"] = o.Prices["twice"] = new();
            o.Prices["below"] = new() { AboveInputTokens = -1 };
            o.Prices["hour"] = new() { CacheWriteOneHour = -1 };
            o.Prices["0"] = new() { Model = "m", ServiceTier = "Batch" };
            o.Prices["1"] = new() { Model = "M", ServiceTier = "batch" };
        });

        faults.Should().HaveCount(8).And.AllSatisfy(f => f.Should().StartWith("usage."));
        faults.Should().Contain(f => f.Contains("DetailRetention")).And.Contain(f => f.Contains("['negative']")).And.Contain(f => f.Contains("['dear']")).And.Contain(f => f.Contains("['none']")).And.Contain(f => f.Contains("2 prices for 'twice'") && f.Contains("'twice', 'Twice'"))
            .And.Contain(f => f.Contains("['below']")).And.Contain(f => f.Contains("['hour']")).And.Contain(f => f.Contains("2 prices for 'm'") && f.Contains("'0', '1'"));
    }

    [Test]
    public void Validate_SeveralPricesOfAModel_AreNoFault() => Faults(o =>
    {
        o.Prices["m"] = new();
        o.Prices["m batch"] = new() { Model = "m", ServiceTier = "batch" };
        o.Prices["m long"] = new() { Model = "m", AboveInputTokens = 200_000 };
        o.Prices["m later"] = new() { Model = "m", From = new(2026, 4, 1) };
    }).Should().BeEmpty();

    [Test]
    public void Bind_PricesAsAList_NameTheirModels()
    {
        const string json = """
            { "Prices": [
                { "Model": "llama3:8b", "Input": 0.1, "Output": 0.2 },
                { "Model": "llama3:8b", "Input": 0.05, "From": "2026-03-01" },
                { "Model": "claude-sonnet-4", "ServiceTier": "batch", "AboveInputTokens": 200000, "Input": 3, "CacheWrite": 3.75, "CacheWriteOneHour": 6, "Reasoning": 7.5 } ] }
            """;
        var options = new TokenUsageManagerOptions();

        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().Bind(options);

        var table = new PriceTable(options.Prices);
        table.Find("llama3:8b", null, 1, new(2026, 2, 28)).Should().BeEquivalentTo(new { Input = 0.1m, Output = 0.2m });
        table.Find("llama3:8b", null, 1, new(2026, 3, 1))!.Input.Should().Be(0.05m);
        table.Find("claude-sonnet-4", "batch", 200_001, new(2026, 3, 1)).Should().BeEquivalentTo(new { Input = 3m, CacheWrite = 3.75m, CacheWriteOneHour = 6m, Reasoning = 7.5m });
        table.Find("claude-sonnet-4", "batch", 200_000, new(2026, 3, 1)).Should().BeNull();
    }

    private static List<string> Faults(Action<TokenUsageManagerOptions> configure)
    {
        var (options, faults) = (new TokenUsageManagerOptions(), new List<string>());
        configure(options);
        options.Validate("usage", faults);
        return faults;
    }
}
