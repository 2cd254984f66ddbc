using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>The optional settings of <see cref="IHistoryManager.ImportAsync"/>.</summary>
public sealed record ConversationOptions
{
    /// <summary>The title; null = that of the file, if it has one. 1 to 1,000 characters.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// Your own id, from which the conversation's id is derived, as <see cref="IHistoryManager.GetId"/> does; null = that of the file, if it has one. 1 to 384 bytes in UTF-8.
    /// In a file with several conversations, <c>#</c> and the conversation's number from 1 are appended.
    /// </summary>
    public string? HostConversationId { get; init; }

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"HasTitle = {Title is not null}, HasHostConversationId = {HostConversationId is not null}");
        return true;
    }
}
