namespace BluePlan.State.Benchmarks;

/// <summary>What a read in memory costs.</summary>
internal sealed class MemorySuite : ISuite
{
    private const int Items = 1_000;

    public string Name => "memory";

    public async Task<SuiteResult> RunAsync(Pace pace)
    {
        var reads = await new Race("In memory: reading a document", null,
            new MemoryContractReads("contract-level read", Items, slides: false),
            new MemoryContractReads("contract-level read with touch", Items, slides: true),
            new MemoryCacheReads("MemoryCache", Items, slides: false),
            new MemoryCacheReads("MemoryCache, sliding", Items, slides: true),
            new DictionaryReads(Items),
            new TypedSessionGet("typed session get", Items, () => OurStore.InMemory())).RunAsync(pace, 1, 64);
        return new([reads],
        [
            reads.AtLeast("In memory: contract-level document read", "contract-level read", "MemoryCache", 1, 0.6),
            reads.AtLeast("In memory: contract-level document read", "contract-level read", "MemoryCache", 64, 0.6),
            reads.AtLeast("In memory: contract-level read with touch", "contract-level read with touch", "MemoryCache, sliding", 1, null),
            reads.AtLeast("In memory: contract-level document read", "contract-level read", "ConcurrentDictionary", 1, null),
        ], []);
    }
}
