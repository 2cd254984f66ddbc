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

    public long Cost { get; init; }

    public Dictionary<string, string>? Tags { get; init; }

    public TokenTotals ToTotals() => new(1, Input, Output, Cached, CacheWrite, Reasoning, Cost);

    /// <summary>Whether this is what a new call with the same request id means. What the call leaves to this library, time and cost, may differ.</summary>
    public bool IsSame(UsageDetail other, bool compareTime, bool compareCost) =>
        Model == other.Model && Session == other.Session
        && ToTotals() with { CostNanos = 0 } == other.ToTotals() with { CostNanos = 0 }
        && (!compareTime || At == other.At) && (!compareCost || Cost == other.Cost)
        && (Tags?.Count ?? 0) == (other.Tags?.Count ?? 0)
        && (Tags is null || Tags.All(t => other.Tags!.TryGetValue(t.Key, out var value) && value == t.Value));

    public TokenUsageRecord ToRecord(string userId, string requestId) => new()
    {
        RequestId = requestId,
        UserId = userId,
        Model = Model,
        SessionHandle = Session,
        Usage = ToTotals(),
        At = DateTimeOffset.FromUnixTimeMilliseconds(At),
        Tags = Tags ?? [],
    };
}
