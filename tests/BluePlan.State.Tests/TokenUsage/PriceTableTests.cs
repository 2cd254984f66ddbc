using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class PriceTableTests
{
    private static readonly PriceTable Table = new(new Dictionary<string, TokenPrice>
    {
        ["gpt-4o"] = new() { Input = 2.5m, Output = 10, CachedInput = 1.25m },
        ["gpt-4o-mini"] = new() { Input = 0.15m, Output = 0.6m },
        ["claude"] = new() { Input = 3, Output = 15, CachedInput = 0.3m, CacheWrite = 3.75m },
        ["fine"] = new() { Input = 0.0005m },
        ["huge"] = new() { Input = TokenPrice.Maximum, Output = TokenPrice.Maximum },
    });

    [TestCase("gpt-4o", 2.5)]
    [TestCase("gpt-4o-2024-08-06", 2.5)]
    [TestCase("GPT-4O-MINI-2024", 0.15)]
    [TestCase("gpt-4o-min", 2.5)]
    [TestCase("gpt-4", null)]
    [TestCase("x-gpt-4o", null)]
    public void Find_Model_IsPricedByTheLongestBeginning(string model, double? input) => Table.Find(model)?.Input.Should().Be((decimal?)input);

    [Test]
    public void Find_EmptyBeginning_PricesAllOthers()
    {
        var table = new PriceTable(new Dictionary<string, TokenPrice> { [""] = new() { Input = 1 }, ["a"] = new() { Input = 2 } });

        (table.Find("b")!.Input, table.Find("abc")!.Input).Should().Be((1m, 2m));
    }

    [TestCase("gpt-4o", 1000, 400, 0, 100, 3_000_000)] // 600 × 2.5 + 400 × 1.25 + 100 × 10 = 3,000 millionths
    [TestCase("gpt-4o-mini", 1000, 400, 100, 0, 150_000)] // cached and written cost as fresh where no price is given
    [TestCase("claude", 1000, 400, 500, 10, 2_445_000)] // 100 × 3 + 400 × 0.3 + 500 × 3.75 + 10 × 15
    [TestCase("fine", 1, 0, 0, 0, 1)] // 0.5 nanos round away from zero
    [TestCase("fine", 2, 0, 0, 0, 1)]
    [TestCase("fine", 3, 0, 0, 0, 2)]
    [TestCase("unknown", 1000, 0, 0, 1000, 0)]
    public void Cost_Usage_IsExact(string model, long input, long cached, long written, long output, long nanos) =>
        Table.Cost(Usage(model, input, output) with { CachedInputTokens = cached, CacheWriteTokens = written }).Should().Be(nanos);

    [Test]
    public void Cost_BeyondWhatCanBeCounted_Throws()
    {
        Table.Cost(Usage("huge", 9007, 0)).Should().Be(9_007_000_000_000_000);
        Table.Invoking(t => t.Cost(Usage("huge", 9008, 0))).Should().Throw<OverflowException>().WithMessage("*'r'*9008000*Nothing was recorded*");
        Table.Invoking(t => t.Cost(Usage("huge", (1L << 53) - 1, (1L << 53) - 1))).Should().Throw<OverflowException>();
    }

    private static TokenUsage Usage(string model, long input, long output) => new() { RequestId = "r", UserId = "u", Model = model, InputTokens = input, OutputTokens = output };
}
