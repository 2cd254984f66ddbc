using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>What there is to say of a conversation without reading its messages.</summary>
public sealed record ConversationSummary
{
    /// <inheritdoc cref="Conversation.Id"/>
    public required string Id { get; init; }

    /// <inheritdoc cref="Conversation.UserId"/>
    public required string UserId { get; init; }

    /// <inheritdoc cref="Conversation.Title"/>
    public string? Title { get; init; }

    /// <inheritdoc cref="Conversation.CreatedAt"/>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires as things stand; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How many messages it has, without those beyond <see cref="HistoryManagerOptions.MaximumMessages"/>; a tool result that is kept without its call may be counted.</summary>
    public long MessageCount { get; init; }

    /// <summary>When the oldest message was written; null = there is none.</summary>
    public DateTimeOffset? FirstMessageAt { get; init; }

    /// <summary>When the newest message was written; null = there is none.</summary>
    public DateTimeOffset? LastMessageAt { get; init; }

    /// <summary>From the oldest message to the newest; zero when there is none.</summary>
    public TimeSpan Duration => LastMessageAt - FirstMessageAt ?? TimeSpan.Zero;

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"MessageCount = {MessageCount}, CreatedAt = {CreatedAt:O}, ExpiresAt = {ExpiresAt:O}");
        return true;
    }
}
