namespace BluePlan.State.Benchmarks;

/// <summary>A session as the source document stores it.</summary>
internal sealed record SourceSession(string SessionId, string UserId, string CreatedAt, string LastActivity, ChatState Data, string Status);
