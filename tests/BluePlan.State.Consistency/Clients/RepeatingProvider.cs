using BluePlan.State.Storage;

namespace BluePlan.State.Consistency;

/// <summary>A provider with a fault that the checker must find: it makes every commit twice.</summary>
internal sealed class RepeatingProvider(IStateProvider inner) : DelegatingStateProvider(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        await base.CommitAsync(commit, cancellationToken);
        return await base.CommitAsync(commit, cancellationToken);
    }
}
