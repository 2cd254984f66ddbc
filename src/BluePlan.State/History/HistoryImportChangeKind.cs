namespace BluePlan.State;

/// <summary>What an import changed or left out; see <see cref="HistoryImportChange"/>.</summary>
public enum HistoryImportChangeKind
{
    /// <summary>A broken character, such as half an emoji, was replaced by U+FFFD.</summary>
    TextRepaired = 0,

    /// <summary>A tool call without an id, or with the id of another call of its message, got a new id.</summary>
    CallIdCreated = 1,

    /// <summary>A tool result without a matching id was given the id of the call that it answers by its place or
    /// name.</summary>
    ResultMatched = 2,

    /// <summary>A <c>function_call</c>, or a message of the role <c>function</c>, became a tool call or a tool
    /// result.</summary>
    FunctionCallConverted = 3,

    /// <summary>Content that is neither text nor a list of parts became its JSON text.</summary>
    ContentConverted = 4,

    /// <summary>The conversation's messages were numbered anew, because the file's sequences do not rise or leave no
    /// room for further messages.</summary>
    Renumbered = 5,

    /// <summary>The title was left out, because it breaks the rule for titles.</summary>
    TitleOmitted = 6,

    /// <summary>A message was left out: it has a tool result that answers no call before it.</summary>
    ResultOmitted = 7,

    /// <summary>A message was left out: it is beyond <see cref="HistoryManagerOptions.MaximumMessages"/>.</summary>
    MessageOmitted = 8,

    /// <summary>The conversation existed and was left as it is.</summary>
    ConversationExisted = 9,

    /// <summary>A member stood twice in an object that the import interprets. The last one was taken, the others were left out.</summary>
    MemberRepeated = 10,
}
