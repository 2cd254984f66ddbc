using System.Text.Json;

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

    /// <summary>When messages were last appended, or it was created, by the store's clock: what listings are ordered by. An imported one takes the time of its newest message, or of the import when that lies ahead.</summary>
    public DateTimeOffset LastActivityAt { get; init; }

    /// <summary>The app's own id that it was created with; <c>null</c> if it has none.</summary>
    public string? HostConversationId { get; init; }

    /// <summary>Further members of an imported conversation, for example <c>tools</c> of a training example. They are
    /// kept and exported, never interpreted.</summary>
    public IReadOnlyDictionary<string, JsonElement> AdditionalProperties { get; init; } = JsonMembers.None;

    /// <summary>Compares contents, those of <see cref="AdditionalProperties"/> too.</summary>
    public bool Equals(Conversation? other) =>
        other is not null && Id == other.Id && UserId == other.UserId && Title == other.Title && CreatedAt == other.CreatedAt && LastActivityAt == other.LastActivityAt
        && HostConversationId == other.HostConversationId && JsonMembers.AreEqual(AdditionalProperties, other.AdditionalProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, UserId, Title, LastActivityAt);

    /// <summary>The id, for debugging: neither the user nor the title.</summary>
    public override string ToString() => $"conversation {Id}";
}
