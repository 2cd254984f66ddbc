using System.Collections.Frozen;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Finds a model's price by the longest beginning of its name, and computes costs in integers.</summary>
internal sealed class PriceTable
{
    private readonly FrozenDictionary<string, TokenPrice> _prices;
    private readonly int[] _lengths;

    public PriceTable(IEnumerable<KeyValuePair<string, TokenPrice>> prices)
    {
        _prices = prices.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _lengths = [.. _prices.Keys.Select(static m => m.Length).Distinct().OrderDescending()];
    }

    public TokenPrice? Find(string model)
    {
        var prices = _prices.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var length in _lengths)
            if (length <= model.Length && prices.TryGetValue(model.AsSpan(0, length), out var price)) return price;
        return null;
    }

    /// <summary>The cost in 10⁻⁹ of the currency; zero without a price.</summary>
    /// <exception cref="OverflowException">It is beyond 2^53 − 1.</exception>
    public long Cost(TokenUsage usage)
    {
        if (Find(usage.Model) is not { } price) return 0;
        var fresh = usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens;
        var millionths = fresh * price.Input + usage.CachedInputTokens * (price.CachedInput ?? price.Input) + usage.CacheWriteTokens * (price.CacheWrite ?? price.Input) + usage.OutputTokens * price.Output;
        var nanos = decimal.Round(millionths * 1000, MidpointRounding.AwayFromZero);
        return nanos <= StateLimits.MaximumNumber ? (long)nanos
            : throw new OverflowException($"The cost of request '{usage.RequestId}' would be {nanos / 1_000_000_000}; at most {StateLimits.MaximumNumber / 1_000_000_000m} can be counted. Nothing was recorded.");
    }
}
