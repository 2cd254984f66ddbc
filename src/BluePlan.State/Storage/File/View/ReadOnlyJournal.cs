namespace BluePlan.State.Storage;

/// <summary>The journal of a store that is only looked at: everything in memory may be told, and nothing is taken.</summary>
internal sealed class ReadOnlyJournal : ICommitJournal
{
    public long Acknowledged => long.MaxValue;

    public bool IsWritable => false;

    public long Append(int partition, DateTimeOffset time, IReadOnlyList<StateChange> changes) => throw new NotSupportedException("A store that is only looked at takes no commit.");

    public ValueTask<T> WaitAsync<T>(long position, T answer, bool wrote, CancellationToken cancellationToken) => new(answer);

    public void Fail(Exception exception) { }
}
