namespace BluePlan.State.Storage;

/// <summary>What the engine asks of a medium that outlives the process. Without one, everything is acknowledged at once.</summary>
internal interface ICommitJournal
{
    /// <summary>Up to which position everything is as safe as was promised; what was committed beyond is not told to anybody yet.</summary>
    long Acknowledged { get; }

    /// <summary>Whether commits are still accepted.</summary>
    bool IsWritable { get; }

    /// <summary>Takes what a commit is about to change, under its partition's lock, so that the positions of a partition rise in the order of its commits.</summary>
    /// <returns>The commit's position.</returns>
    /// <exception cref="StateUnavailableException">Commits are refused, or there is no space for this one. Nothing was taken.</exception>
    long Append(int partition, DateTimeOffset time, IReadOnlyList<StateChange> changes);

    /// <summary>Waits until a position is acknowledged, with an answer that may be told then.</summary>
    /// <param name="position">The position.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="wrote">Whether the caller wrote something that is to be acknowledged. A reader cannot have written anything, whatever happens.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="StateUnavailableException">It could not be made safe.</exception>
    ValueTask<T> WaitAsync<T>(long position, T answer, bool wrote, CancellationToken cancellationToken);

    /// <summary>Refuses everything from now on, because memory is no longer what the journal says.</summary>
    void Fail(Exception exception);
}
