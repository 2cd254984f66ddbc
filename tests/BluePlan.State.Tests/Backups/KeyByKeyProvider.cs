using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>A store that shows each key as of an instant of its own, as one does that others write to while it is read.</summary>
internal sealed class KeyByKeyProvider(IStateProvider inner) : DelegatingStateProvider(inner)
{
    /// <summary>What others do once an export has begun.</summary>
    public Func<Task>? OnExport { get; set; }

    public override StateCapabilities Capabilities => base.Capabilities & ~StateCapabilities.ConsistentExport;

    public override async IAsyncEnumerable<StateRecord> ExportAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (OnExport is { } act) await act();
        await foreach (var record in base.ExportAsync(cancellationToken)) yield return record;
    }
}
