namespace BluePlan.State.Storage;

/// <summary>A member of an index and the document that it names.</summary>
/// <param name="Member">The member and its score.</param>
/// <param name="Document">The document; <c>null</c> if it is absent or expired.</param>
public readonly record struct PageItem(IndexMember Member, DocumentContent? Document);
