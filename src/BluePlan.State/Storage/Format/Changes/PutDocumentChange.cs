namespace BluePlan.State.Storage;

/// <summary>The document is now this.</summary>
internal sealed record PutDocumentChange(StateKey Key, DocumentContent Content) : StateChange(Key);
