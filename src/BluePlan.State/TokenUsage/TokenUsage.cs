using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What one request to a model used, to be counted by <see cref="ITokenUsageManager.RecordAsync"/>. <see cref="ToString"/> shows the model and the numbers: no ids, no tags.</summary>
/// <remarks>
/// <para>Counts are inclusive, as the OpenTelemetry conventions for generative AI have them (https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/):
/// <see cref="InputTokens"/> holds the <see cref="CachedInputTokens"/> and the <see cref="CacheWriteTokens"/>, and <see cref="OutputTokens"/> holds the
/// <see cref="ReasoningTokens"/>. Some vendors report disjoint counts: add them up before you record them, else cached tokens are missing from the input.</para>
/// <para>No count is negative, none is beyond 2^53 − 1, and neither is the sum of input and output.</para>
/// <para><see cref="ToString"/> shows the model and the numbers, never whose they are.</para>
/// </remarks>
public sealed record TokenUsage
{
    /// <summary>The request's own id, at most 384 bytes in UTF-8: the same id of the same user is counted once, see <see cref="ITokenUsageManager.RecordAsync"/>. Use the vendor's response id, or mint one before the call.</summary>
    public required string RequestId { get; init; }

    /// <summary>Who used it, at most 384 bytes in UTF-8.</summary>
    public required string UserId { get; init; }

    /// <summary>The model that answered, at most 384 bytes in UTF-8. Totals are kept apart for each; compared ordinally.</summary>
    public required string Model { get; init; }

    /// <summary>The session it belongs to, at most 384 bytes in UTF-8; null = none. It is a secret, so only its <see cref="TokenUsageRecord.SessionHandle"/> is stored.</summary>
    /// <remarks>Neither <see cref="ToString"/> nor JSON shows it. If you send usage through a queue of your own, carry the session's id beside it.</remarks>
    [JsonIgnore]
    public string? SessionId { get; init; }

    /// <summary>All tokens of the prompt, also those read from or written to a cache.</summary>
    public long InputTokens { get; init; }

    /// <summary>All tokens of the answer, also those of reasoning.</summary>
    public long OutputTokens { get; init; }

    /// <summary>How many of the input tokens came from the vendor's cache.</summary>
    public long CachedInputTokens { get; init; }

    /// <summary>How many of the input tokens were written to the vendor's cache. With the cached ones at most <see cref="InputTokens"/>.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>How many of the <see cref="CacheWriteTokens"/> were written for an hour, where the vendor has several lifetimes. The others are priced as written for five minutes.</summary>
    public long CacheWriteOneHourTokens { get; init; }

    /// <summary>How many of the output tokens were spent on reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>
    /// The service tier that answered, as the vendor names it, for instance <c>flex</c>, <c>batch</c> or <c>priority</c>; at most 384 bytes in UTF-8. It decides the price. <c>null</c>, <c>default</c>, <c>standard</c> and <c>auto</c>
    /// are the standard tier.
    /// </summary>
    public string? ServiceTier { get; init; }

    /// <summary>
    /// What it cost, in thousand-millionths (10⁻⁹) of the host's currency, 0 to 2^53 − 1. <c>null</c> means computed from <see cref="TokenUsageManagerOptions.Prices"/>; if these have no price for it,
    /// it is counted as unpriced, see <see cref="TokenTotals.UnpricedRequests"/>.
    /// </summary>
    public long? CostNanos { get; init; }

    /// <summary>When it was used: at most 300 days of the reporting time zone ago and at most one day ahead; null = now. Kept in milliseconds.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The host's own notes, kept with the single record: at most 32, names at most 384 and values at most 1,024 bytes in UTF-8.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Model = {Model}, InputTokens = {InputTokens}, OutputTokens = {OutputTokens}, CachedInputTokens = {CachedInputTokens}, CacheWriteTokens = {CacheWriteTokens}, ");
        text.Append(CultureInfo.InvariantCulture, $"ReasoningTokens = {ReasoningTokens}, ServiceTier = {ServiceTier}, CostNanos = {CostNanos}, At = {At:O}, Tags = {Tags?.Count ?? 0}");
        return true;
    }
}
