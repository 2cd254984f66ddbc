namespace BluePlan.State.Storage;

/// <summary>A page of an index with its documents.</summary>
/// <param name="Items">The members in the order that was asked for, each with its document.</param>
/// <param name="Count">The number of members in the whole index.</param>
public sealed record PageContent(IReadOnlyList<PageItem> Items, long Count) : StateContent;
