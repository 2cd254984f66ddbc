using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateNameTests
{
    [TestCase("alice")]
    [TestCase("..")]
    [TestCase("{}*\n\0😀")]
    public void Check_WellFormed_IsReturned(string name) => StateName.Check(name).Should().Be(name);

    [Test]
    public void Check_Longest_IsAccepted()
    {
        StateName.Check(new('x', 384)).Should().HaveLength(384);
        StateName.Check(new('中', 128)).Should().HaveLength(128);
    }

    [TestCaseSource(nameof(Bad))]
    public void Check_BreakingItsRule_IsRefusedByItsParameter(string? userId) => FluentActions.Invoking(() => StateName.Check(userId)).Should().Throw<ArgumentException>().WithParameterName("userId");

    [Test]
    public void Check_ThreeLongestNamesOfEscapedCharacters_StillFitAKey()
    {
        var name = new string('%', StateName.MaximumBytes);

        KeyText.Join(name, name, name).Length.Should().BeLessThanOrEqualTo(Storage.StateLimits.MaximumNameBytes);
    }

    private static IEnumerable<string?> Bad => [null, "", new('x', 385), new('é', 193), new('中', 129), "\ud800", "a\udc00", new('x', 10_240)];
}
