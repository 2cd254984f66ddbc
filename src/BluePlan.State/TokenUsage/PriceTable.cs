using System.Collections.Concurrent;
using System.Collections.Frozen;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Finds the price of a request by its model, service tier, day and length, and computes costs in integers.</summary>
/// <remarks>
/// A model is priced by the longest priced name of which its own is a version, see <see cref="ModelVersion"/>: as it is named, else without its maker, platform or region, see <see cref="ModelName"/>. That
/// one's prices alone are looked at: what they do not say is unpriced, not taken from a shorter name.
/// </remarks>
internal sealed class PriceTable
{
    /// <summary>How many models are remembered: enough for any host but one that names a model for each user.</summary>
    private const int MostRemembered = 1024;

    /// <summary>How many of these stand before a name at most: a platform, a region, a maker, and folders.</summary>
    private const int MostQualifiers = 8;

    private const char Wildcard = '*';

    private readonly FrozenDictionary<string, TokenPrice[]> _names;
    private readonly FrozenDictionary<string, TokenPrice[]> _beginnings;
    private readonly int[] _lengths;
    private readonly ConcurrentDictionary<string, TokenPrice[]> _found = new(StringComparer.Ordinal);

    public PriceTable(IEnumerable<KeyValuePair<string, TokenPrice>> prices)
    {
        var byModel = prices.GroupBy(static p => NameOf(p.Key, p.Value), static p => p.Value, StringComparer.OrdinalIgnoreCase)
            .Select(static g => KeyValuePair.Create(g.Key, g.OrderByDescending(static p => p.From ?? DateOnly.MinValue).ThenByDescending(static p => p.AboveInputTokens).ToArray())).ToList();
        _names = byModel.Where(static m => !m.Key.EndsWith(Wildcard)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _beginnings = byModel.Where(static m => m.Key.EndsWith(Wildcard)).ToFrozenDictionary(static m => m.Key[..^1], static m => m.Value, StringComparer.OrdinalIgnoreCase);
        _lengths = [.. _names.Keys.Concat(_beginnings.Keys).Select(static m => m.Length).Where(static l => l > 0).Distinct().OrderDescending()];
    }

    /// <summary>The model that a price is for; one that ends with <c>*</c> means all that begin so, <c>*</c> alone all others.</summary>
    public static string NameOf(string name, TokenPrice price) => (price.Model ?? name) is { Length: > 0 } model ? model : "*";

    /// <summary>The price of a request; null = it has none.</summary>
    public TokenPrice? Find(string model, string? serviceTier, long inputTokens, DateOnly day)
    {
        if (_names.Count + _beginnings.Count == 0) return null;
        var tier = ServiceTiers.Normalize(serviceTier);
        foreach (var price in PricesOf(model)) // the newest first, then the highest threshold
            if (price.Holds(tier, inputTokens, day)) return price;
        return null;
    }

    /// <summary>The cost in 10⁻⁹ of the currency; null without a price.</summary>
    /// <exception cref="OverflowException">It is beyond 2^53 − 1.</exception>
    public long? Cost(TokenUsage usage, DateOnly day)
    {
        if (Find(usage.Model, usage.ServiceTier, usage.InputTokens, day) is not { } price) return null;
        var fresh = usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens;
        var write = price.CacheWrite ?? price.Input;
        var millionths = fresh * price.Input + usage.CachedInputTokens * (price.CachedInput ?? price.Input)
            + (usage.CacheWriteTokens - usage.CacheWriteOneHourTokens) * write + usage.CacheWriteOneHourTokens * (price.CacheWriteOneHour ?? write)
            + (usage.OutputTokens - usage.ReasoningTokens) * price.Output + usage.ReasoningTokens * (price.Reasoning ?? price.Output);
        var nanos = decimal.Round(millionths * 1000, MidpointRounding.AwayFromZero);
        return nanos <= StateLimits.MaximumNumber ? (long)nanos
            : throw new OverflowException($"The cost of a request would be {nanos / 1_000_000_000}; at most {StateLimits.MaximumNumber / 1_000_000_000m} can be counted. Nothing was recorded.");
    }

    private TokenPrice[] PricesOf(string model)
    {
        if (_found.TryGetValue(model, out var prices)) return prices;
        prices = Search(model);
        if (_found.Count < MostRemembered) _found.TryAdd(model, prices);
        return prices;
    }

    private TokenPrice[] Search(ReadOnlySpan<char> name)
    {
        for (var taken = 0; ; taken++)
        {
            if (SearchOne(name) is { } prices) return prices;
            if (taken == MostQualifiers || !ModelName.TryTakeQualifier(name, out name)) return _beginnings.GetValueOrDefault("", []);
        }
    }

    private TokenPrice[]? SearchOne(ReadOnlySpan<char> name)
    {
        var (names, beginnings) = (_names.GetAlternateLookup<ReadOnlySpan<char>>(), _beginnings.GetAlternateLookup<ReadOnlySpan<char>>());
        foreach (var length in _lengths)
        {
            if (length > name.Length) continue;
            if (names.TryGetValue(name[..length], out var prices) && ModelName.IsVersionOf(name, length)) return prices;
            if (beginnings.TryGetValue(name[..length], out prices)) return prices;
        }
        return null;
    }
}
