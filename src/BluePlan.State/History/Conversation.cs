namespace BluePlan.State;

/// <summary>A conversation, without its messages.</summary>
public sealed record Conversation
{
    /// <summary>The id: 36 hexadecimal digits, no secret. A host that keeps users apart checks <see cref="UserId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Whose conversation it is.</summary>
    public required string UserId { get; init; }

    /// <summary>What it is called; null = nothing yet.</summary>
    public string? Title { get; init; }

    /// <summary>When it was created, in whole milliseconds UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When messages were last appended, or it was created, by this library's clock: what listings are ordered by. An imported one takes the time of its newest message, or of the import when that lies ahead.</summary>
    public DateTimeOffset LastActivityAt { get; init; }
}
