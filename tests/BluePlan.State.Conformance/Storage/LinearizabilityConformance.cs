using System.Collections.Concurrent;
using BluePlan.State.Storage;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Each key behaves as if its calls happened one after another, each between its begin and its end.</summary>
public abstract class LinearizabilityConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const int Callers = 16;
    private const int Steps = 15;

    private readonly CounterHistory _history = new();

    [Test]
    public async Task Counter_IncrementedAndRead_IsLinearizable()
    {
        await CommitAsync(new IncrementFields(Map(), [By("n", 0)]));
        await AllAsync(2 * Callers, async caller =>
        {
            for (var i = 0; i < Steps; i++)
                await _history.RecordAsync(async () => caller % 2 == 0
                    ? ((await CommitAsync(new IncrementFields(Map(), [By("n", 1)], returnValues: true)))[0].Vectors![0].Span[0], true)
                    : ((await ReadAsync(new MapRead(Map())))!.Fields["n"].Counters.Span[0], false));
        });

        _history.ShouldBeLinearizable(Callers * Steps);
    }

    [Test]
    public async Task Document_WrittenIfMatch_IsLinearizableIncludingItsConflicts()
    {
        var versions = new ConcurrentDictionary<StateETag, long>();
        versions[await WriteAsync(new PutDocument(Document(), Bytes("0")))] = 0;
        await AllAsync(Callers, async _ =>
        {
            for (var done = 0; done < 5;)
            {
                StateETag etag = default;
                await _history.RecordAsync(async () =>
                {
                    var read = (await ReadAsync(new DocumentRead(Document())))!;
                    etag = read.ETag;
                    return (long.Parse(Text(read.Value), null), false);
                });
                // Before the commit each version is known, so that whoever sees its tag can tell its number.
                var commit = new StateCommit(new PutDocument(Document(), Bytes($"{versions[etag] + 1}"), condition: StateCondition.IfMatch(etag)));
                versions[commit.ETag] = versions[etag] + 1;
                await _history.RecordAsync(async () =>
                {
                    var result = await Provider.CommitAsync(commit, CancellationToken.None);
                    if (result.IsCommitted) done++;
                    return (versions[result.Conflict?.ActualETag ?? commit.ETag], result.IsCommitted);
                });
            }
        });

        _history.ShouldBeLinearizable(Callers * 5);
    }

    [Test]
    public async Task Log_AppendedAndRead_IsLinearizable()
    {
        await AllAsync(2 * Callers, async caller =>
        {
            for (var i = 0; i < Steps; i++)
                await _history.RecordAsync(async () => caller % 2 == 0
                    ? ((await CommitAsync(new AppendEntries(Log(), [new(default)], keepLast: 5)))[0].Value, true)
                    : ((await ReadAsync(new LogRead(Log(), limit: 0)))?.LastSequence ?? 0, false));
        });

        _history.ShouldBeLinearizable(Callers * Steps);
    }

    [Test]
    public async Task Counter_AcrossSharedProviders_IsLinearizable()
    {
        Needs(StateCapabilities.Shared);
        IStateProvider[] providers = [Provider, await ReopenAsync()];
        await CommitAsync(new IncrementFields(Map(), [By("n", 0)]));
        await AllAsync(2 * Callers, async caller =>
        {
            for (var i = 0; i < Steps; i++)
                await _history.RecordAsync(async () => caller % 2 == 0
                    ? ((await providers[caller / 2 % 2].CommitAsync(new StateCommit(new IncrementFields(Map(), [By("n", 1)], returnValues: true)), CancellationToken.None)).Results[0].Vectors![0].Span[0], true)
                    : (((MapContent)(await ReadAsync(providers[caller / 2 % 2], Map()))!).Fields["n"].Counters.Span[0], false));
        });

        _history.ShouldBeLinearizable(Callers * Steps);
    }
}
