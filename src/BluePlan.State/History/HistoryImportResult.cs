namespace BluePlan.State;

/// <summary>The outcome of <see cref="IHistoryManager.ImportAsync"/>.</summary>
public sealed record HistoryImportResult
{
    /// <summary>The conversations of the file, in its order: those that were created and those that existed.</summary>
    public required IReadOnlyList<Conversation> Conversations { get; init; }

    /// <summary>How many of the conversations existed. They were left as they are.</summary>
    public int Existing { get; init; }

    /// <summary>How many messages of the file were left out: beyond the maximum, or tool results without their
    /// call.</summary>
    public int Omitted { get; init; }

    /// <summary>What was changed or left out, by line, in the order of the file.</summary>
    public IReadOnlyList<HistoryImportChange> Changes { get; init; } = [];
}
