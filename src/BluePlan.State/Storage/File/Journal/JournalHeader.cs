namespace BluePlan.State.Storage;

/// <summary>What the header of a journal segment says.</summary>
internal readonly record struct JournalHeader(StoreIdentity Store, long Number, long BaseSequence);
