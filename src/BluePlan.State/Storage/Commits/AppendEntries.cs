namespace BluePlan.State.Storage;

/// <summary>Appends entries to a log under the next sequence numbers, which begin at 1.</summary>
/// <remarks>
/// <para>It carries two conditions: none of the ids is held by an entry that the log has now, and explicit sequences lie above the highest ever given.</para>
/// <para>Answers <see cref="OperationResult.Value"/>: the sequence of the first entry, and <see cref="OperationResult.Count"/>: how many entries the log has now. Entries without explicit sequences are consecutive.</para>
/// <para>A sequence beyond 2^53 − 1 throws <see cref="OverflowException"/> before anything of the commit is written.</para>
/// </remarks>
public sealed record AppendEntries : StateOperation
{
    /// <inheritdoc cref="AppendEntries"/>
    /// <param name="key">A key of shape <see cref="StateShape.Log"/>.</param>
    /// <param name="entries">At least one. No id twice; explicit sequences rise. The provider copies the values.</param>
    /// <param name="keepLast">After the append all but the newest so many entries are removed, at least 1; null = all stay.</param>
    /// <param name="atLeast">The first sequence is at least this one, from 1 to 2^53 − 1, so that a log can keep up with a clock; null = the next one. Not beside explicit sequences.</param>
    /// <exception cref="ArgumentException">The key has another shape, or an entry breaks its rule.</exception>
    public AppendEntries(StateKey key, IReadOnlyList<LogAppend> entries, int? keepLast = null, long? atLeast = null) : base(key, StateShape.Log)
    {
        Entries = CheckList(entries, nameof(entries));
        KeepLast = keepLast is null or > 0 ? keepLast : throw new ArgumentOutOfRangeException(nameof(keepLast), keepLast, "At least one entry stays.");
        AtLeast = atLeast is null or (> 0 and <= StateLimits.MaximumNumber) ? atLeast : throw new ArgumentOutOfRangeException(nameof(atLeast), atLeast, "Sequences are positive and at most 2^53 − 1.");
        var ids = entries.Count > 1 ? new HashSet<string>(StringComparer.Ordinal) : null;
        long last = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            CheckValue(entry.Value, nameof(entries));
            if (entry.Id is not null) StateText.CheckName(entry.Id, nameof(entries));
            if (entry.Id is not null && ids?.Add(entry.Id) is false) throw new ArgumentException("The id of an entry is there twice.", nameof(entries));
            if (entry.Sequence is { } sequence && (sequence <= last || sequence > StateLimits.MaximumNumber)) throw new ArgumentException("Explicit sequences are positive and rise.", nameof(entries));
            if (entry.Sequence is not null && atLeast is not null) throw new ArgumentException("A sequence is either explicit or at least some number.", nameof(atLeast));
            last = entry.Sequence ?? last + 1;
        }
    }

    /// <summary>The entries.</summary>
    public IReadOnlyList<LogAppend> Entries { get; }

    /// <summary>How many entries stay; null = all.</summary>
    public int? KeepLast { get; }

    /// <summary>What the first sequence is at least; null = the next one.</summary>
    public long? AtLeast { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Entries, static e => (long)e.Value.Length + (e.Id?.Length ?? 0));
}
