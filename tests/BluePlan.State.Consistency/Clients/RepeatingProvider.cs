using BluePlan.State.Storage;

namespace BluePlan.State.Consistency;

/// <summary>A provider with a fault that the checker must find: it makes one commit in ten twice.</summary>
internal sealed class RepeatingProvider(IStateProvider inner) : DelegatingStateProvider(inner)
{
    private int _commits;

    public override async ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _commits) % 10 == 0) await base.CommitAsync(commit, cancellationToken);
        return await base.CommitAsync(commit, cancellationToken);
    }
}
