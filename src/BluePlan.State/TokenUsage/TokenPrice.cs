namespace BluePlan.State;

/// <summary>What a model costs, in the app's currency for each million tokens. One of several when the price depends on the service tier, on the length of the prompt, or on the day.</summary>
/// <remarks>
/// A price holds for a request of its <see cref="ServiceTier"/>, from its day <see cref="From"/> on, whose prompt
/// exceeds <see cref="AboveInputTokens"/>. Of the prices of one <see cref="Model"/> that hold, a request has the one
/// with the latest <see cref="From"/>; of several from the same day, the one with the highest
/// <see cref="AboveInputTokens"/>. So a later price without a threshold replaces all before it, and a later one with
/// a threshold leaves shorter prompts the former price. If none holds, the request is unpriced.
/// </remarks>
public sealed class TokenPrice
{
    internal const decimal Maximum = 1_000_000_000;

    /// <summary>
    /// The model; <c>null</c> means the price's name in <see cref="TokenUsageManagerOptions.Prices"/>. Set it when a model has several prices, or when a configuration section names the model, whose keys take no colon:
    /// <c>"Prices": [ { "Model": "llama3:8b", "Input": 0.1 } ]</c>.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>The service tier that the price is for, for instance <c>batch</c>, <c>flex</c> or <c>priority</c>, see <see cref="TokenUsage.ServiceTier"/>; <c>null</c> is the standard tier.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>The price is for requests with more input tokens than this, and then for all their tokens; 0 is for every request. Vendors that ask more for long prompts do so above 200,000 or 272,000.</summary>
    public long AboveInputTokens { get; set; }

    /// <summary>
    /// The first day of the reporting time zone for which the price holds, by <see cref="TokenUsage.At"/>, until a later
    /// one holds for the same request. If <c>null</c>, it holds for every day.
    /// </summary>
    public DateOnly? From { get; set; }

    /// <summary>Input tokens that are neither read from nor written to a cache.</summary>
    public decimal Input { get; set; }

    /// <summary>Output tokens.</summary>
    public decimal Output { get; set; }

    /// <summary>Input tokens that come from a cache; <c>null</c> is the same as <see cref="Input"/>.</summary>
    public decimal? CachedInput { get; set; }

    /// <summary>Input tokens that are written to a cache, for five minutes where the vendor has several lifetimes; <c>null</c> is the same as <see cref="Input"/>.</summary>
    public decimal? CacheWrite { get; set; }

    /// <summary>Input tokens that are written to a cache for an hour; <c>null</c> is the same as <see cref="CacheWrite"/>.</summary>
    public decimal? CacheWriteOneHour { get; set; }

    /// <summary>Output tokens of reasoning; <c>null</c> is the same as <see cref="Output"/>.</summary>
    public decimal? Reasoning { get; set; }

    /// <summary>Whether it prices a request.</summary>
    internal bool Holds(string tier, long inputTokens, DateOnly day) =>
        (AboveInputTokens == 0 || inputTokens > AboveInputTokens) && (From is not { } from || day >= from) && ServiceTiers.Normalize(ServiceTier).Equals(tier, StringComparison.OrdinalIgnoreCase);

    internal bool IsValid => AboveInputTokens >= 0 && IsFair(Input) && IsFair(Output) && IsFair(CachedInput ?? 0) && IsFair(CacheWrite ?? 0) && IsFair(CacheWriteOneHour ?? 0) && IsFair(Reasoning ?? 0);

    private static bool IsFair(decimal price) => price is >= 0 and <= Maximum;
}
