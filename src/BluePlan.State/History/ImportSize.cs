using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Checks that a store takes what a file has, before any of it is written.</summary>
internal static class ImportSize
{
    // A character takes at most six bytes as it is stored, so what has fewer than these need not be encoded to know.
    private const long Harmless = StateLimits.MaximumValueBytes / 8;

    // For the ids and the title, which are known later.
    private const int RoomForFacts = 16 * 1024;

    /// <exception cref="InvalidDataException">A message, or what is known of the conversation, takes too many bytes.</exception>
    public static void Check(StateCodec codec, ImportedConversation conversation)
    {
        foreach (var (line, message) in conversation.Messages)
            if (ConversationMaker.Weight(message) > Harmless) Check(line, "message", 0, MessageCodec.Measure(codec, message));
        if (ConversationMaker.Weight(conversation.Members) <= Harmless) return;
        var head = new ConversationHead { UserId = "", Members = JsonMembers.ToStored(conversation.Members) };
        Check(conversation.Line, "conversation", RoomForFacts, codec.Measure(head, HistoryJson.Default.ConversationHead));
    }

    private static void Check(int line, string what, int room, long bytes)
    {
        if (bytes > StateLimits.MaximumValueBytes - room)
            throw new InvalidDataException($"Line {line}: its {what} takes {bytes:N0} bytes; at most {StateLimits.MaximumValueBytes - room:N0} are accepted.");
    }
}
