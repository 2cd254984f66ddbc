namespace BluePlan.State.Storage;

/// <summary>What a log holds.</summary>
/// <param name="Entries">The entries that were asked for, rising.</param>
/// <param name="LastSequence">The highest sequence ever given.</param>
/// <param name="Count">How many entries the whole log has.</param>
public sealed record LogContent(IReadOnlyList<LogEntry> Entries, long LastSequence, long Count) : StateContent;
