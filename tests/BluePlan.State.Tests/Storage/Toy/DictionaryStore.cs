using System.Collections.Immutable;
using System.Threading.Channels;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>What outlives a <see cref="DictionaryStateProvider"/>, as a disk outlives a process: every key with its content, swapped whole by each commit.</summary>
internal sealed class DictionaryStore
{
    /// <summary>Held while a commit, a touch or an import swaps the contents.</summary>
    public Lock Gate { get; } = new();

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>0 = not made yet.</summary>
    public int PartitionCount { get; set; }

    /// <summary>Everything, also what has expired and was not swept yet.</summary>
    public ImmutableDictionary<StateKey, StateContent> Contents { get; set; } = [];

    /// <summary>Who is to be signalled.</summary>
    public ImmutableList<(StateKey Key, Channel<StateKey> Signals)> Watchers { get; set; } = [];
}
