using BluePlan.State.Storage;
using FluentAssertions;

namespace BluePlan.State.Tests;

/// <summary>Refuses a commit that writes a value at another place than it was encoded for.</summary>
/// <remarks>The id of an entry that is replaced is not in the commit: whether it was the right one shows when it is read.</remarks>
internal sealed class BoundProvider(IStateProvider inner) : DelegatingStateProvider(inner)
{
    public override ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        foreach (var operation in commit.Operations)
            foreach (var (location, value) in Values(operation))
                BoundEnvelope.IsFor(location, value).Should().BeTrue("a value of {0} is encoded for the place that it is written at", location.Key.Type);
        return base.CommitAsync(commit, cancellationToken);
    }

    private static IEnumerable<(ValueLocation Location, ReadOnlyMemory<byte> Value)> Values(StateOperation operation) => operation switch
    {
        PutDocument put => [(ValueLocation.Document(put.Key), put.Value)],
        AppendEntries append => append.Entries.Select(e => (ValueLocation.Entry(append.Key, e.Id), e.Value)),
        SetFields set => set.Fields.Where(static f => !f.Value.IsCounters).Select(f => (ValueLocation.Field(set.Key, f.Name), f.Value.Bytes)),
        ReplaceField { Value.IsCounters: false } replace => [(ValueLocation.Field(replace.Key, replace.Name), replace.Value.Bytes)],
        _ => [],
    };
}
