namespace BluePlan.State;

/// <summary>What a model costs, in the host's currency for each million tokens.</summary>
public sealed class TokenPrice
{
    internal const decimal Maximum = 1_000_000_000;

    /// <summary>Input tokens that are neither read from nor written to a cache.</summary>
    public decimal Input { get; set; }

    /// <summary>Output tokens, those of reasoning with them.</summary>
    public decimal Output { get; set; }

    /// <summary>Input tokens that come from a cache; null = as <see cref="Input"/>.</summary>
    public decimal? CachedInput { get; set; }

    /// <summary>Input tokens that are written to a cache; null = as <see cref="Input"/>.</summary>
    public decimal? CacheWrite { get; set; }

    internal bool IsValid => IsFair(Input) && IsFair(Output) && IsFair(CachedInput ?? 0) && IsFair(CacheWrite ?? 0);

    private static bool IsFair(decimal price) => price is >= 0 and <= Maximum;
}
