using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>A message that a search found.</summary>
/// <param name="ConversationId">The conversation it stands in.</param>
/// <param name="Message">The message, whole.</param>
public sealed record HistoryMatch(string ConversationId, HistoryMessage Message)
{
    /// <summary>For a message with tool results: the messages that called the tools, oldest first, since a result is never shown without its call. Else empty.</summary>
    public IReadOnlyList<HistoryMessage> Calls { get; init; } = [];

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Message = {Message}, Calls = {Calls.Count}");
        return true;
    }
}
