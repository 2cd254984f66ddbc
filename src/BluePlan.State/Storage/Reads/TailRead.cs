namespace BluePlan.State.Storage;

/// <summary>Reads the newest entries of a log, or only those that the reader has not seen.</summary>
/// <remarks>
/// <para>If the log still has the known revision, and at most <see cref="Limit"/> entries stand behind the known
/// sequence, the answer contains these entries, possibly none, and <see cref="LogContent.IsContinuation"/> is
/// <c>true</c>: the reader appends them to what it has.</para>
/// <para>Otherwise, the answer contains the newest entries of the log, at most <see cref="Limit"/>, and
/// <see cref="LogContent.IsContinuation"/> is <c>false</c>: the reader puts them in the place of what it has. So a
/// reader that was away for more than <see cref="Limit"/> entries is told that it has a gap.</para>
/// <para>Either way, the entries are in ascending order, and the answer's revision and last sequence are the next
/// <see cref="Known"/>.</para>
/// </remarks>
public sealed record TailRead : StateRead<LogContent>
{
    /// <summary>Initializes the read.</summary>
    /// <param name="key">A key of shape <see cref="StateShape.Log"/>.</param>
    /// <param name="limit">The maximum number of entries; 0 to learn only whether there are new ones.</param>
    /// <param name="known">What the reader has seen; <c>default</c> for nothing.</param>
    /// <exception cref="ArgumentException">
    /// The key has another shape, the limit is negative, or the known sequence is not from 0 to 2^53 − 1.
    /// </exception>
    public TailRead(StateKey key, int limit, LogVersion known = default) : base(key, StateShape.Log)
    {
        Limit = CheckLimit(limit, nameof(limit));
        Known = known.LastSequence is >= 0 and <= StateLimits.MaximumNumber ? known
            : throw new ArgumentOutOfRangeException(nameof(known), known.LastSequence, "A known sequence is from 0, for none, to 2^53 − 1.");
    }

    /// <summary>Gets the maximum number of entries.</summary>
    public int Limit { get; }

    /// <summary>Gets what the reader has seen.</summary>
    public LogVersion Known { get; }

    /// <inheritdoc/>
    public override StateCapabilities Requires => StateCapabilities.LogRevisions;
}
