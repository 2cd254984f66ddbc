namespace BluePlan.State;

/// <summary>The optional settings of <see cref="IHistoryManager.ExportAsync"/>.</summary>
public sealed record HistoryExportOptions
{
    /// <summary>
    /// Whether only members that OpenAI documents are written, for strict servers and for fine-tuning. <c>false</c> by
    /// default.
    /// </summary>
    /// <remarks>
    /// A plain file cannot be imported without loss:
    /// <list type="bullet">
    /// <item>It has no object <c>blueplan_state</c>, no members of other vendors, and no messages of other roles.</item>
    /// <item>Tool results stand directly behind their calls. A call without a result is left out, except in the last message.</item>
    /// <item>Content that the format has no kind for is written as its text.</item>
    /// <item><c>weight</c> is written in training examples only.</item>
    /// </list>
    /// </remarks>
    public bool IsPlain { get; init; }

    /// <summary>
    /// Whether the conversation is one line, <c>{"messages":[…]}</c>, as fine-tuning takes it, with members such as
    /// <c>tools</c> that an import kept. <c>false</c> by default: each message is a line.
    /// </summary>
    /// <remarks>
    /// A plain training example ends with the last assistant message and has no empty messages, as fine-tuning requires.
    /// Without an assistant message the export throws <see cref="InvalidOperationException"/>. The number of tokens is
    /// not checked, nor whether <c>tools</c> has every function that is called.
    /// </remarks>
    public bool IsTrainingExample { get; init; }
}
