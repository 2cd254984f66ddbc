namespace BluePlan.State;

/// <summary>A sum over requests. Counts are inclusive, as in <see cref="TokenUsage"/>.</summary>
/// <param name="Requests">How many requests.</param>
/// <param name="InputTokens">All tokens of the prompts.</param>
/// <param name="OutputTokens">All tokens of the answers.</param>
/// <param name="CachedInputTokens">How many of the input tokens came from a cache.</param>
/// <param name="CacheWriteTokens">How many of the input tokens were written to a cache.</param>
/// <param name="ReasoningTokens">How many of the output tokens were spent on reasoning.</param>
/// <param name="CostNanos">What they cost, in thousand-millionths (10⁻⁹) of the host's currency.</param>
public readonly record struct TokenTotals(long Requests, long InputTokens, long OutputTokens, long CachedInputTokens, long CacheWriteTokens, long ReasoningTokens, long CostNanos)
{
    /// <summary>How many of the requests have no price: nothing is known of their cost, and <see cref="CostNanos"/> lacks it. Requests recorded by earlier versions count as priced.</summary>
    public long UnpricedRequests { get; init; }

    /// <summary>Input and output tokens of the requests without a price.</summary>
    public long UnpricedTokens { get; init; }

    /// <summary>Input and output together; nothing is in both.</summary>
    public long TotalTokens => checked(InputTokens + OutputTokens);

    /// <summary>What they cost, in the host's currency.</summary>
    public decimal Cost => CostNanos / 1_000_000_000m;

    /// <summary>The sum of two sums.</summary>
    /// <exception cref="OverflowException">A sum would pass 2^63 − 1.</exception>
    public static TokenTotals operator +(TokenTotals left, TokenTotals right) => checked(new(
        left.Requests + right.Requests,
        left.InputTokens + right.InputTokens,
        left.OutputTokens + right.OutputTokens,
        left.CachedInputTokens + right.CachedInputTokens,
        left.CacheWriteTokens + right.CacheWriteTokens,
        left.ReasoningTokens + right.ReasoningTokens,
        left.CostNanos + right.CostNanos)
    {
        UnpricedRequests = left.UnpricedRequests + right.UnpricedRequests,
        UnpricedTokens = left.UnpricedTokens + right.UnpricedTokens,
    });

    /// <summary>The sum of two sums.</summary>
    /// <exception cref="OverflowException">A sum would pass 2^63 − 1.</exception>
    public static TokenTotals Add(TokenTotals left, TokenTotals right) => left + right;

    /// <summary>
    /// The form in which it is stored: requests, input, output, cost, cached input, reasoning, cache write, unpriced requests, unpriced tokens, without the zeros at its end; so a store adds up no more numbers than
    /// a request has. The order never changes; what a later version adds stands behind. The fields of sums hold the first seven, see <see cref="UsageFields"/>.
    /// </summary>
    internal long[] ToVector()
    {
        long[] all = [Requests, InputTokens, OutputTokens, CostNanos, CachedInputTokens, ReasoningTokens, CacheWriteTokens, UnpricedRequests, UnpricedTokens];
        var length = all.AsSpan().LastIndexOfAnyExcept(0) + 1;
        return length == all.Length ? all : all[..Math.Max(1, length)];
    }

    /// <summary>Reads the stored form; what is missing is zero.</summary>
    internal static TokenTotals FromVector(ReadOnlySpan<long> vector)
    {
        Span<long> all = stackalloc long[9];
        all.Clear();
        vector[..Math.Min(all.Length, vector.Length)].CopyTo(all);
        return new(all[0], all[1], all[2], all[4], all[6], all[5], all[3]) { UnpricedRequests = all[7], UnpricedTokens = all[8] };
    }
}
