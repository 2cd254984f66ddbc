namespace BluePlan.State.Storage;

/// <summary>What a log holds.</summary>
/// <param name="Entries">The entries that were asked for, rising.</param>
/// <param name="LastSequence">The highest sequence ever given.</param>
/// <param name="Count">How many entries the whole log has.</param>
public sealed record LogContent(IReadOnlyList<LogEntry> Entries, long LastSequence, long Count) : StateContent
{
    /// <summary>
    /// Gets the tag of the last commit that replaced, removed or trimmed entries, or that began the log. A commit that
    /// only appends keeps it. Between two answers of one store with the same revision, entries were only appended.
    /// </summary>
    /// <remarks>
    /// <para>A log that was deleted or has expired begins again with another revision, so a reader never takes its
    /// entries for those of the former log. For the same reason an import draws a new revision for each log that it
    /// writes, whatever the record says.</para>
    /// <para>It is empty if the provider does not declare <see cref="StateCapabilities.LogRevisions"/>, and for a log of
    /// an earlier version of the library that has not been edited since.</para>
    /// </remarks>
    public StateETag Revision { get; init; }

    /// <summary>
    /// Gets whether the entries are exactly those behind what the reader knows: the answer to a <see cref="TailRead"/>
    /// that follows on. <c>false</c> for an answer that takes the place of what the reader has, and for every other read.
    /// </summary>
    public bool IsContinuation { get; init; }
}
