using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>The optional settings of <see cref="IHistoryManager.ImportAsync"/>.</summary>
public sealed record ConversationOptions
{
    /// <summary>The title, 1 to 1,000 characters. If <c>null</c>, that of the file, if it has one.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// The app's own id, 1 to 384 bytes in UTF-8, from which the conversation's id is derived as
    /// <see cref="IHistoryManager.GetIdAsync"/> does. If <c>null</c>, that of the file, if it has one. If a file has several
    /// conversations, <c>#</c> and the conversation's number from 1 are appended.
    /// </summary>
    public string? HostConversationId { get; init; }

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"HasTitle = {Title is not null}, HasHostConversationId = {HostConversationId is not null}");
        return true;
    }
}
