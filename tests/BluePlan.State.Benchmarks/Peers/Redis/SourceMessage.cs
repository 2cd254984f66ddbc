namespace BluePlan.State.Benchmarks;

/// <summary>A message as the source document stores it.</summary>
internal sealed record SourceMessage(string Role, string Content, string Timestamp, int MessageId);
