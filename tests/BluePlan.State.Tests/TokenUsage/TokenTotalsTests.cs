using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class TokenTotalsTests
{
    private static readonly TokenTotals Full = new(1, 2, 3, 4, 5, 6, 7);

    [Test]
    public void ToVector_Totals_HasTheOrderThatIsStored()
    {
        Full.ToVector().Should().Equal(1, 2, 3, 7, 4, 6, 5);
        (Full with { UnpricedRequests = 8, UnpricedTokens = 9 }).ToVector().Should().Equal(1, 2, 3, 7, 4, 6, 5, 8, 9);
    }

    [Test]
    public void ToVector_ZerosAtTheEnd_AreLeftOut()
    {
        new TokenTotals(1, 20, 0, 0, 0, 0, 0).ToVector().Should().Equal(1, 20);
        new TokenTotals(1, 0, 0, 0, 0, 0, 9).ToVector().Should().Equal(1, 0, 0, 9);
        default(TokenTotals).ToVector().Should().Equal(0);
    }

    [Test]
    public void FromVector_OfAnyLength_IsWhatWasWritten()
    {
        foreach (var totals in new[] { Full, new(1, 20, 0, 0, 0, 0, 0), new(1, 0, 0, 0, 8, 0, 0), Full with { UnpricedRequests = 8, UnpricedTokens = 9 }, default }) TokenTotals.FromVector(totals.ToVector()).Should().Be(totals);
        TokenTotals.FromVector([1, 2, 3, 7, 4, 6, 5, 0, 0, 99]).Should().Be(Full, "a later version may write more");
    }

    [Test]
    public void Add_Totals_AddsEachAndRefusesToOverflow()
    {
        (Full + Full).Should().Be(new TokenTotals(2, 4, 6, 8, 10, 12, 14));
        (Full with { UnpricedRequests = 1, UnpricedTokens = 2 } + Full with { UnpricedRequests = 3, UnpricedTokens = 4 }).Should().Be(new TokenTotals(2, 4, 6, 8, 10, 12, 14) { UnpricedRequests = 4, UnpricedTokens = 6 });
        FluentActions.Invoking(() => Full + (Full with { CostNanos = long.MaxValue })).Should().Throw<OverflowException>();
        FluentActions.Invoking(() => (Full with { InputTokens = long.MaxValue }).TotalTokens).Should().Throw<OverflowException>();
    }
}
