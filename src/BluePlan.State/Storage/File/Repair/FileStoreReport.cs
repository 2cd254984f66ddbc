namespace BluePlan.State.Storage;

/// <summary>What <see cref="FileStateProvider.VerifyAsync"/> found in a file store, or <see cref="FileStateProvider.RepairAsync"/> made of it.</summary>
public sealed record FileStoreReport
{
    internal FileStoreReport(IReadOnlyList<FileStoreDamage> damage) => Damage = damage;

    /// <summary>Every damage, in the order of reading; empty when the store is whole.</summary>
    public IReadOnlyList<FileStoreDamage> Damage { get; }

    /// <summary>Whether there is no damage: the store opens with everything that it was told to keep.</summary>
    public bool IsWhole => Damage.Count == 0;

    /// <summary>How many keys can be read, those that have expired and not been removed yet included.</summary>
    public long Keys { get; internal init; }

    /// <summary>The sequence of the last commit that can be read; 0 = there is none.</summary>
    public long LastCommit { get; internal init; }

    /// <summary>How many bytes of commits that were not completed stand at the journal's end, as a power cut or a killed process leaves them. Nobody was told that they had happened, so they are no damage; opening drops them.</summary>
    public long UnfinishedBytes { get; internal init; }

    /// <summary>How many undamaged commits cannot be used because one before them is damaged or missing. A repair drops them.</summary>
    public long DroppedCommits { get; internal init; }

    /// <summary>When the first of <see cref="DroppedCommits"/> was made; null = there are none.</summary>
    public DateTimeOffset? DroppedFrom { get; internal init; }

    /// <summary>How many keys can be read in part only, or changes have nothing to build on, because what was before them lay in a damaged place. A repair drops them whole, so that no key holds half of what it held.</summary>
    public long DroppedParts { get; internal init; }

    /// <summary>The directory into which a repair has moved the store's former files, in the store's directory; null = nothing was repaired.</summary>
    public string? FormerFiles { get; internal init; }
}
