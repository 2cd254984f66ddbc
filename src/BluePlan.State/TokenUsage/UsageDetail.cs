using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A single record as it is stored, as JSON under user and request id. What is zero or null is left out.</summary>
internal sealed record UsageDetail
{
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("at")]
    public long At { get; init; }

    [JsonPropertyName("session")]
    public string? Session { get; init; }

    [JsonPropertyName("input")]
    public long Input { get; init; }

    [JsonPropertyName("output")]
    public long Output { get; init; }

    [JsonPropertyName("cached")]
    public long Cached { get; init; }

    [JsonPropertyName("cacheWrite")]
    public long CacheWrite { get; init; }

    [JsonPropertyName("reasoning")]
    public long Reasoning { get; init; }

    [JsonPropertyName("cacheWriteOneHour")]
    public long CacheWriteOneHour { get; init; }

    [JsonPropertyName("tier")]
    public string? Tier { get; init; }

    [JsonPropertyName("cost")]
    public long Cost { get; init; }

    /// <summary>Whether no price was known. What earlier versions wrote does not say it, and counts as priced.</summary>
    [JsonPropertyName("unpriced")]
    public bool Unpriced { get; init; }

    [JsonPropertyName("tags")]
    public Dictionary<string, string>? Tags { get; init; }

    public TokenTotals ToTotals() => new(1, Input, Output, Cached, CacheWrite, Reasoning, Cost) { UnpricedRequests = Unpriced ? 1 : 0, UnpricedTokens = Unpriced ? Input + Output : 0 };

    /// <summary>Whether this is what a new call with the same request id means. What the call leaves to this library, time and cost, may differ.</summary>
    public bool IsSame(UsageDetail other, bool compareTime, bool compareCost) =>
        Model == other.Model && Session == other.Session && Tier == other.Tier && CacheWriteOneHour == other.CacheWriteOneHour
        && (Input, Output, Cached, CacheWrite, Reasoning) == (other.Input, other.Output, other.Cached, other.CacheWrite, other.Reasoning)
        && (!compareTime || At == other.At) && (!compareCost || (Cost, Unpriced) == (other.Cost, other.Unpriced))
        && (Tags?.Count ?? 0) == (other.Tags?.Count ?? 0)
        && (Tags is null || Tags.All(t => other.Tags!.TryGetValue(t.Key, out var value) && value == t.Value));

    public TokenUsageRecord ToRecord(string userId, string requestId) => new()
    {
        RequestId = requestId,
        UserId = userId,
        Model = Model,
        SessionHandle = Session,
        Usage = ToTotals(),
        CacheWriteOneHourTokens = CacheWriteOneHour,
        ServiceTier = Tier,
        At = DateTimeOffset.FromUnixTimeMilliseconds(At),
        Tags = Tags ?? [],
    };
}
