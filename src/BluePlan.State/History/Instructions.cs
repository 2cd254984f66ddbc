using System.Text.Json;

namespace BluePlan.State;

/// <summary>Which messages trimming leaves for good: pinned ones, and of system and developer messages those that still
/// count.</summary>
/// <remarks>
/// Apps that append their system prompt at each run would fill a conversation with it. So of system or developer
/// messages with the same content only the newest counts, and of all of them no more than half of the maximum, the
/// newest. The others are trimmed with the turn that they stand in.
/// </remarks>
internal static class Instructions
{
    /// <summary>For each message whether it stays.</summary>
    /// <param name="messages">All messages of a conversation.</param>
    /// <param name="maximum">The maximum of messages; null = no limit.</param>
    public static bool[] Staying(IReadOnlyList<HistoryMessage> messages, int? maximum)
    {
        var staying = new bool[messages.Count];
        HashSet<(string, string?, string?, string?)>? seen = null;
        var left = maximum is { } limit ? Math.Max(1, limit / 2) : int.MaxValue;
        for (var i = staying.Length - 1; i >= 0; i--)
        {
            var message = messages[i];
            staying[i] = message.Pinned;
            if (message.Pinned || !message.IsInstruction || left == 0) continue;
            if (!(seen ??= []).Add((message.Role, message.Text, message.Name, message.Parts is { ValueKind: not JsonValueKind.Undefined } parts ? parts.GetRawText() : null))) continue;
            staying[i] = true;
            left--;
        }
        return staying;
    }
}
