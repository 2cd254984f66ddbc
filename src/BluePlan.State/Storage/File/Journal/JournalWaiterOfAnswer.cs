using System.Threading.Tasks.Sources;

namespace BluePlan.State.Storage;

/// <summary>Somebody who waits with an answer that may be told once a batch is on disk: itself what is awaited, so that waiting takes one object.</summary>
internal sealed class JournalWaiter<T>(T answer, bool wrote) : JournalWaiter(wrote), IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<bool> _outcome;

    /// <summary>To be awaited once.</summary>
    public ValueTask<T> WaitAsync(CancellationToken cancellationToken)
    {
        EndOn(cancellationToken);
        return new(this, _outcome.Version);
    }

    protected override void Complete(Exception? failure)
    {
        if (failure is null) _outcome.SetResult(true);
        else _outcome.SetException(failure);
    }

    T IValueTaskSource<T>.GetResult(short token)
    {
        LetGo();
        _outcome.GetResult(token);
        return answer;
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _outcome.OnCompleted(continuation, state, token, flags);
}
