namespace BluePlan.State.Storage;

/// <summary>
/// Work that callers may wait for while they block threads of the pool. It goes to the pool, and to
/// <see cref="PoolRelief"/> if the pool does not begin it within moments.
/// </summary>
internal abstract class ReliefWork : IThreadPoolWorkItem
{
    private int _waits;

    /// <summary>Whether it was queued and has not begun.</summary>
    public bool IsWaiting => Volatile.Read(ref _waits) == 1;

    void IThreadPoolWorkItem.Execute() => RunOnce();

    /// <summary>Marks it as queued. It runs once for each time it is queued, on whichever thread comes first.</summary>
    public void BeginWaiting() => Volatile.Write(ref _waits, 1);

    /// <summary>Runs it unless another thread has begun it.</summary>
    public void RunOnce()
    {
        if (Interlocked.Exchange(ref _waits, 0) == 1) Run();
    }

    protected abstract void Run();
}
