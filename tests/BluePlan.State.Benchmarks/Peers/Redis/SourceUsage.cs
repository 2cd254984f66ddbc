namespace BluePlan.State.Benchmarks;

/// <summary>The detail of one use of tokens as the source document stores it.</summary>
internal sealed record SourceUsage(string UserId, string SessionId, int TokensUsed, string Model, string Timestamp);
