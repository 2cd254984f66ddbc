using System.Text.Json;

namespace BluePlan.State;

/// <summary>A conversation as it was read from a file.</summary>
/// <param name="Line">Its first line.</param>
internal sealed record ImportedConversation(int Line)
{
    /// <summary>Its messages, complete, each with the number of its first line.</summary>
    public List<(int Line, HistoryMessage Message)> Messages { get; } = [];

    /// <summary>The id that it was exported with; null when another program made the file.</summary>
    public string? Id { get; set; }

    public string? HostId { get; set; }

    public string? Title { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public IReadOnlyDictionary<string, JsonElement> Members { get; set; } = JsonMembers.None;
}
