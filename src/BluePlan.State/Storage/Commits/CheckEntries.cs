namespace BluePlan.State.Storage;

/// <summary>Writes nothing: the commit happens only when the log has each of these entries, with this id at this sequence.</summary>
/// <remarks>
/// Put it beside a <see cref="RemoveEntries"/> that was planned from what a caller remembers. A failover can lose the newest entries and an import can replace all of them; others then append under
/// the same sequences. The ids tell the entries apart, so the commit never removes an entry that the caller has not seen.
/// </remarks>
public sealed record CheckEntries : StateOperation
{
    /// <inheritdoc cref="CheckEntries"/>
    /// <param name="key">A key of shape <see cref="StateShape.Log"/>.</param>
    /// <param name="entries">At least one; no id twice.</param>
    /// <exception cref="ArgumentException">The key has another shape, or an entry breaks its rule.</exception>
    public CheckEntries(StateKey key, IReadOnlyList<LogEntryId> entries) : base(key, StateShape.Log)
    {
        Entries = CheckNames(entries, static e => e.Id, nameof(entries));
        for (var i = 0; i < entries.Count; i++)
            if (entries[i].Sequence is < 1 or > StateLimits.MaximumNumber) throw new ArgumentException("Sequences are positive and at most 2^53 − 1.", nameof(entries));
    }

    /// <summary>The entries.</summary>
    public IReadOnlyList<LogEntryId> Entries { get; }

    /// <inheritdoc/>
    public override bool IsWriter => false;

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Entries, static e => 8L + e.Id.Length);
}
