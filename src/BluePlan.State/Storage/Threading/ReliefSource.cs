namespace BluePlan.State.Storage;

/// <summary>
/// The source of a task whose awaiter goes on as work of <see cref="PoolRelief"/>. Where several await one task, the runtime
/// sends all but the last to the pool, all of whose threads they may block themselves.
/// </summary>
internal sealed class ReliefSource<T> : ReliefWork
{
    private readonly TaskCompletionSource<T> _source = new();
    private T? _result;
    private Exception? _failure;

    /// <summary>To be awaited once.</summary>
    public Task<T> Task => _source.Task;

    /// <summary>Decides how the task ends. It must then be queued.</summary>
    /// <param name="result">The result.</param>
    /// <param name="failure">What it throws instead; <c>null</c> if it succeeds.</param>
    public void End(T? result, Exception? failure) => (_result, _failure) = (result, failure);

    /// <summary>Ends the task with a result, and lets its awaiter go on.</summary>
    public void Succeed(T result)
    {
        End(result, null);
        PoolRelief.Queue(this);
    }

    protected override void Run()
    {
        if (_failure is null) _source.SetResult(_result!);
        else _source.SetException(_failure);
    }
}
