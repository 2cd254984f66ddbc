using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class PriceTableTests
{
    private static readonly DateOnly Day = new(2026, 3, 1);

    private static readonly PriceTable Table = new(new Dictionary<string, TokenPrice>
    {
        ["gpt-4o"] = new() { Input = 2.5m, Output = 10, CachedInput = 1.25m },
        ["gpt-4o-mini"] = new() { Input = 0.15m, Output = 0.6m },
        ["claude-sonnet-4"] = new() { Input = 3, Output = 15, CachedInput = 0.3m, CacheWrite = 3.75m, CacheWriteOneHour = 6 },
        ["think"] = new() { Output = 8, Reasoning = 2 },
        ["fine"] = new() { Input = 0.0005m },
        ["huge"] = new() { Input = TokenPrice.Maximum, Output = TokenPrice.Maximum },
    });

    [TestCase("gpt-4o", 2.5)]
    [TestCase("gpt-4o-2024-08-06", 2.5)]
    [TestCase("GPT-4O-MINI-2024-07-18", 0.15)]
    [TestCase("gpt-4o-mini", 0.15)]
    [TestCase("gpt-4o-min", null)]
    [TestCase("gpt-4", null)]
    [TestCase("x-gpt-4o", null)]
    [TestCase("", null)]
    public void Find_Model_IsPricedByTheLongestNameOfWhichItIsAVersion(string model, double? input) => Table.Find(model, null, 1, Day)?.Input.Should().Be((decimal?)input);

    [Test]
    public void Find_LongerNameHasAPrice_IsPricedByIt()
    {
        var table = TableOf(new("gpt-4o", new() { Input = 2.5m }), new("gpt-4o-2024-05-13", new() { Input = 5 }), new("us.anthropic.claude-sonnet-4", new() { Input = 3.3m }), new("claude-sonnet-4", new() { Input = 3 }));

        Input("gpt-4o-2024-05-13").Should().Be(5);
        Input("gpt-4o-2024-08-06").Should().Be(2.5m);
        Input("us.anthropic.claude-sonnet-4-20250514-v1:0").Should().Be(3.3m);
        Input("eu.anthropic.claude-sonnet-4-20250514-v1:0").Should().Be(3);

        decimal? Input(string model) => table.Find(model, null, 1, Day)?.Input;
    }

    [TestCase("")]
    [TestCase("*")]
    public void Find_PriceOfAllOthers_PricesWhatHasNone(string others)
    {
        var table = TableOf(new(others, new() { Input = 1 }), new("gpt-5", new() { Input = 2 }), new("llama*", new() { Input = 3 }));

        string[] models = ["b", "gpt-5-nano", "gpt-5", "openai/gpt-5", "llama3:8b", "meta-llama/llama3:8b", "lama"];
        models.Select(model => table.Find(model, null, 1, Day)!.Input).Should().Equal(1, 1, 2, 2, 3, 3, 1);
    }

    [Test]
    public void Find_PriceNamesItsModel_IsOfThatModel()
    {
        var table = TableOf(new("0", new() { Model = "llama3:8b", Input = 1 }), new("1", new() { Model = "qwen3:32b", Input = 2 }));

        string[] models = ["llama3:8b", "qwen3:32b", "llama3", "0"];
        models.Select(model => table.Find(model, null, 1, Day)?.Input).Should().Equal(1, 2, null, null);
    }

    [TestCase(null, 2)]
    [TestCase("default", 2)]
    [TestCase("standard", 2)]
    [TestCase("auto", 2)]
    [TestCase("flex", 1)]
    [TestCase("Batch", 1.5)]
    [TestCase("priority", null)]
    public void Find_ServiceTier_HasItsOwnPriceOrNone(string? tier, double? input)
    {
        var table = TableOf(new("gpt-5", new() { Input = 2 }), new("flex", new() { Model = "gpt-5", ServiceTier = "flex", Input = 1 }), new("batch", new() { Model = "gpt-5", ServiceTier = "batch", Input = 1.5m }));

        table.Find("gpt-5", tier, 1, Day)?.Input.Should().Be((decimal?)input);
        table.Find("gpt-5-2025-08-07", tier, 1, Day)?.Input.Should().Be((decimal?)input);
    }

    [TestCase(0, 1)]
    [TestCase(200_000, 1)]
    [TestCase(200_001, 2)]
    [TestCase(1_000_000, 2)]
    [TestCase(1_000_001, 4)]
    public void Find_LongPrompt_HasThePriceOfTheHighestThresholdThatItExceeds(long tokens, decimal input)
    {
        var table = TableOf(new("gemini-2.5-pro", new() { Input = 1 }), new("million", new() { Model = "gemini-2.5-pro", AboveInputTokens = 1_000_000, Input = 4 }),
            new("long", new() { Model = "gemini-2.5-pro", AboveInputTokens = 200_000, Input = 2 }));

        table.Find("gemini-2.5-pro", null, tokens, Day)!.Input.Should().Be(input);
    }

    [TestCase("2024-01-01", 1, 3, 30)]
    [TestCase("2026-02-28", 1, 3, 30)]
    [TestCase("2026-03-01", 1, 2, 2)]
    [TestCase("2026-03-31", 1, 2, 2)]
    [TestCase("2026-04-01", 1, 1, 1)]
    public void Find_Day_HasThePriceOfThatDay(string day, long tokens, decimal input, decimal inputOfLong)
    {
        var table = TableOf(new("m", new() { Input = 3 }), new("m long", new() { Model = "m", AboveInputTokens = 100, Input = 30 }), new("m in April", new() { Model = "m", From = new(2026, 4, 1), Input = 1 }),
            new("m in March", new() { Model = "m", From = new(2026, 3, 1), Input = 2 }));

        table.Find("m", null, tokens, DateOnly.ParseExact(day, "O"))!.Input.Should().Be(input);
        table.Find("m", null, 101, DateOnly.ParseExact(day, "O"))!.Input.Should().Be(inputOfLong, "a later price replaces those before it, whatever their threshold");
    }

    [Test]
    public void Find_BeforeTheFirstDayOfAllPrices_IsUnpriced() =>
        TableOf(new KeyValuePair<string, TokenPrice>("m", new() { From = Day, Input = 1 })).Find("m", null, 1, Day.AddDays(-1)).Should().BeNull();

    [Test]
    public void Find_ManyModels_RemembersNoMoreThanItMay()
    {
        for (var number = 0; number < 5000; number++) Table.Find($"gpt-4o-mini:{number}", null, 1, Day).Should().Match<TokenPrice?>(price => price == null || number < 10);

        Table.Find("gpt-4o-mini", null, 1, Day)!.Input.Should().Be(0.15m);
    }

    [TestCase("gpt-4o", 1000, 400, 0, 0, 100, 3_000_000)] // 600 × 2.5 + 400 × 1.25 + 100 × 10 = 3,000 millionths
    [TestCase("gpt-4o-mini", 1000, 400, 100, 100, 0, 150_000)] // cached and written cost as fresh where no price is given
    [TestCase("claude-sonnet-4", 1000, 400, 500, 0, 10, 2_445_000)] // 100 × 3 + 400 × 0.3 + 500 × 3.75 + 10 × 15
    [TestCase("claude-sonnet-4", 1000, 400, 500, 200, 10, 2_895_000)] // 100 × 3 + 400 × 0.3 + 300 × 3.75 + 200 × 6 + 10 × 15
    [TestCase("think", 0, 0, 0, 0, 10, 80_000)]
    [TestCase("fine", 1, 0, 0, 0, 0, 1)] // 0.5 nanos round away from zero
    [TestCase("fine", 2, 0, 0, 0, 0, 1)]
    [TestCase("fine", 3, 0, 0, 0, 0, 2)]
    [TestCase("unknown", 1000, 0, 0, 0, 1000, null)]
    public void Cost_Usage_IsExact(string model, long input, long cached, long written, long forAnHour, long output, long? nanos) =>
        Table.Cost(Usage(model, input, output) with { CachedInputTokens = cached, CacheWriteTokens = written, CacheWriteOneHourTokens = forAnHour }, Day).Should().Be(nanos);

    [Test]
    public void Cost_Reasoning_HasItsOwnPrice() => Table.Cost(Usage("think", 0, 10) with { ReasoningTokens = 4 }, Day).Should().Be((6 * 8 + 4 * 2) * 1000);

    [Test]
    public void Cost_BeyondWhatCanBeCounted_Throws()
    {
        Table.Cost(Usage("huge", 9007, 0), Day).Should().Be(9_007_000_000_000_000);
        Table.Invoking(t => t.Cost(Usage("huge", 9008, 0), Day)).Should().Throw<OverflowException>().WithMessage("*9008000*Nothing was recorded*");
        Table.Invoking(t => t.Cost(Usage("huge", (1L << 53) - 1, (1L << 53) - 1), Day)).Should().Throw<OverflowException>();
    }

    private static PriceTable TableOf(params KeyValuePair<string, TokenPrice>[] prices) => new(prices);

    private static TokenUsage Usage(string model, long input, long output) => new() { RequestId = "r", UserId = "u", Model = model, InputTokens = input, OutputTokens = output };
}
