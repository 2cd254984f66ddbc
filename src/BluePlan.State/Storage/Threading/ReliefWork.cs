namespace BluePlan.State.Storage;

/// <summary>
/// Work that callers may wait for while they block threads of the pool. It goes to the pool, and to
/// <see cref="PoolRelief"/> if the pool does not begin it within moments.
/// </summary>
internal abstract class ReliefWork : IThreadPoolWorkItem
{
    private int _turn; // Odd = it waits for this turn.

    void IThreadPoolWorkItem.Execute() => RunOnce();

    /// <summary>Marks it as queued. It runs once for each time it is queued, on whichever thread comes first.</summary>
    /// <returns>The turn that it waits for.</returns>
    public int BeginWaiting()
    {
        var turn = Volatile.Read(ref _turn) | 1;
        Volatile.Write(ref _turn, turn);
        return turn;
    }

    /// <summary>Whether it has not begun a turn. It may be queued again since for the next one.</summary>
    public bool WaitsFor(int turn) => Volatile.Read(ref _turn) == turn;

    /// <summary>Runs it unless another thread has begun it.</summary>
    public void RunOnce()
    {
        var turn = Volatile.Read(ref _turn);
        if ((turn & 1) != 0 && Interlocked.CompareExchange(ref _turn, turn + 1, turn) == turn) Run();
    }

    protected abstract void Run();
}
