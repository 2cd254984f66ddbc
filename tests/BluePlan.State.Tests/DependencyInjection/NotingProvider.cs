using BluePlan.State.Storage;

namespace BluePlan.State.Tests.DependencyInjection;

/// <summary>Notes its name at each commit, and its disposal.</summary>
internal sealed class NotingProvider(IStateProvider inner, string name, List<string> calls) : DelegatingStateProvider(inner)
{
    public override ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        calls.Add(name);
        return base.CommitAsync(commit, cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        calls.Add($"{name} disposed");
        return base.DisposeAsync();
    }
}
