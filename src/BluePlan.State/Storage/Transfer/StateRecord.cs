namespace BluePlan.State.Storage;

/// <summary>A key with its content, in an export or import. A big map, log or index may come in several records that follow each other.</summary>
/// <param name="Key">The key.</param>
/// <param name="Content">The content, or a part of it: all parts repeat expiry and, for a log, <see cref="LogContent.LastSequence"/>; fields, entries and members are each in one part only.</param>
/// <param name="Continues">Whether this is a further part of the key of the record before.</param>
public sealed record StateRecord(StateKey Key, StateContent Content, bool Continues = false);
