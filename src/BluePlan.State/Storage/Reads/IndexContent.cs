namespace BluePlan.State.Storage;

/// <summary>What an index holds.</summary>
/// <param name="Members">The members that were asked for, in the order that was asked for.</param>
/// <param name="Count">How many members the whole index, or union, has.</param>
public sealed record IndexContent(IReadOnlyList<IndexMember> Members, long Count) : StateContent;
