namespace BluePlan.State.Redis;

/// <summary>The kinds of operation that commit scripts know, in the order of their fragments.</summary>
internal enum CommitOperation
{
    Put,
    Check,
    Delete,
    Expire,
    SetFields,
    IncrementFields,
    RemoveFields,
    Append,
    ReplaceEntry,
    RemoveEntries,
    SetScores,
    IncrementScores,
    RemoveMembers,
    RemoveScores,
    Notify,
    PutNew,
    Exists,
    RaiseToken,
    AppendOne,
    RaiseScore,
    SetScore,
    CheckEntries,
    CheckExpiry,
    IncrementWithin,
    ReplaceField,
}
