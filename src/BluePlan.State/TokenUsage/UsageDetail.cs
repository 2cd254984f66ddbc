namespace BluePlan.State;

/// <summary>A single record as it is stored, as JSON under user and request id. What is zero or null is left out.</summary>
internal sealed record UsageDetail
{
    public required string Model { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long At { get; init; }

    public string? Session { get; init; }

    public long Input { get; init; }

    public long Output { get; init; }

    public long Cached { get; init; }

    public long CacheWrite { get; init; }

    public long Reasoning { get; init; }

    public long CacheWriteOneHour { get; init; }

    public string? Tier { get; init; }

    public long Cost { get; init; }

    /// <summary>Whether no price was known. What earlier versions wrote does not say it, and counts as priced.</summary>
    public bool Unpriced { get; init; }

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
