namespace BluePlan.State;

/// <summary>What a restore did.</summary>
public sealed record RestoreReport
{
    /// <summary>Which backup.</summary>
    public required string BackupId { get; init; }

    /// <summary>The moment that the backup began: what was restored is as of then or shortly after.</summary>
    public required DateTimeOffset RestoredTo { get; init; }

    /// <summary>Whether the whole store changed in one step.</summary>
    public required bool IsAtomic { get; init; }

    /// <summary>How many keys were written; a listing that was united counts too.</summary>
    public long KeysWritten { get; init; }

    /// <summary>How many keys that the backup does not have were deleted; null when the whole store was replaced, which does not count them.</summary>
    public long? KeysRemoved { get; init; }

    /// <summary>How many keys of the selection were left out because they have expired since the backup.</summary>
    public long KeysExpired { get; init; }

    /// <summary>How many keys the backup has beside the selection, as far as it was read.</summary>
    public long KeysSkipped { get; init; }

    /// <summary>The types of keys in the backup that this version does not know, a newer version's or a host's own. They were restored if everything was, else skipped.</summary>
    public IReadOnlyList<string> UnknownTypes { get; init; } = [];

    /// <summary>The types of keys of the selected parts that were left as they are because they belong to no one user, such as sums over all users. Empty unless a user was selected.</summary>
    public IReadOnlyList<string> LeftAlone { get; init; } = [];
}
