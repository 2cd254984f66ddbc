using FluentAssertions;
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
        });

        faults.Should().HaveCount(5).And.AllSatisfy(f => f.Should().StartWith("usage."));
        faults.Should().Contain(f => f.Contains("DetailRetention")).And.Contain(f => f.Contains("['negative']")).And.Contain(f => f.Contains("['dear']")).And.Contain(f => f.Contains("['none']")).And.Contain(f => f.Contains("2 times"));
    }

    private static List<string> Faults(Action<TokenUsageManagerOptions> configure)
    {
        var (options, faults) = (new TokenUsageManagerOptions(), new List<string>());
        configure(options);
        options.Validate("usage", faults);
        return faults;
    }
}
