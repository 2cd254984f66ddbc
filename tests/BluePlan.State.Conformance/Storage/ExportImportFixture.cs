using BluePlan.State.Storage;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>What the fixtures of export and import share.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ExportImportFixture<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    /// <summary>Skips the tests unless the provider offers both.</summary>
    [SetUp]
    public void NeedsExportAndImport() => Needs(StateCapabilities.Export | StateCapabilities.Import);

    /// <summary>A store's answers about keys, in an order that does not depend on the store.</summary>
    protected async Task<string> SortedPictureAsync(IEnumerable<StateKey> keys, IStateProvider? provider = null)
    {
        var contents = new ExportedStore();
        foreach (var key in keys) contents.Contents[key] = (await ReadAsync(provider ?? Provider, key))!;
        return contents.Picture();
    }

    /// <summary>Keys of every shape and expiry in all partitions, with hostile names, and an emptied log.</summary>
    protected async Task<StateKey[]> MakeEverythingAsync()
    {
        var keys = new List<StateKey>();
        for (var partition = 0; partition < PartitionCount; partition++)
        {
            StateOperation[] operations =
            [
                .. HostileNames.Short.Where((_, i) => i % PartitionCount == partition).Select((name, i) => new PutDocument(Document(name, partition), Noise(i), i % 4 == 0 ? StateExpiry.After(Ticks(1000 + i)) : default)),
                new PutDocument(Document("sliding", partition), Bytes("v"), StateExpiry.Sliding(Ticks(1000))), new PutDocument(Document("capped", partition), Bytes("v"), StateExpiry.Sliding(Ticks(1000), Ticks(3000))), new PutDocument(Document("empty", partition), default),
                new SetFields(Map(partition: partition), [.. HostileNames.All.Select((name, i) => i % 3 == 0 ? Field(name, i, -i) : Field(name, name))]), new SetFields(Map("expires", partition), [Field("f", "5"), Field("n", 5)]),
                new AppendEntries(Log(partition: partition), [.. HostileNames.All.Select((name, i) => new LogAppend(Bytes($"{i}"), i % 2 == 0 ? name : null))]), new AppendEntries(Log("emptied", partition), [new(default, "a"), new(default)]),
                new AppendEntries(Log("far", partition), [new(Bytes("x"), Sequence: StateLimits.MaximumNumber - 1)]),
                new SetScores(Index(partition: partition), [.. HostileNames.All.Select((name, i) => new IndexMember(name, i / 3 - 20))]), new SetScores(Index("limits", partition), [new("low", -StateLimits.MaximumNumber), new("high", StateLimits.MaximumNumber)]),
            ];
            await CommitAsync(operations);
            await CommitAsync(
                new RemoveEntries(Log(partition: partition), [new(2, 3), new(7, 7)]), new RemoveEntries(Log("emptied", partition), [new(1, 2)]), new ExpireKey(Map("expires", partition), StateExpiry.After(Ticks(1000))),
                new ExpireKey(Log("emptied", partition), StateExpiry.After(Ticks(1000))), new ExpireKey(Index("limits", partition), StateExpiry.After(Ticks(1000))));
            keys.AddRange(operations.Select(static operation => operation.Key));
        }
        return [.. keys];
    }
}
