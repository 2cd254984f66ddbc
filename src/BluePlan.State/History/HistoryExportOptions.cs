namespace BluePlan.State;

/// <summary>The optional settings of <see cref="IHistoryManager.ExportAsync"/>.</summary>
public sealed record HistoryExportOptions
{
    /// <summary>
    /// Whether only members that OpenAI documents are written, for strict servers and for fine-tuning. <c>false</c> by default.
    /// </summary>
    /// <remarks>
    /// A plain file cannot be imported without loss. It has no object <c>blueplan_state</c>, no members of other vendors, no messages of other roles, and no calls without a result,
    /// except in the last message. Content that the format has no kind for is written as its text. <c>weight</c> is written in training examples only.
    /// </remarks>
    public bool IsPlain { get; init; }

    /// <summary>
    /// Whether the conversation is one line, <c>{"messages":[…]}</c>, as fine-tuning takes it, with members such as <c>tools</c> that an import kept. <c>false</c> by default: each message is a line.
    /// </summary>
    public bool IsTrainingExample { get; init; }
}
