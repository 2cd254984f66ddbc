using System.Globalization;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State.KillTarget;

/// <summary>Commits that tell from what they leave how many of them there were, and whether each is whole: every one changes a counter, a log, an index and a document, and what each holds follows from the counter.</summary>
public static class CounterWorkload
{
    /// <summary>How many callers write, each in a partition of its own.</summary>
    public const int Callers = 4;

    private const int Documents = 64, KeptEntries = 50;

    /// <summary>The commit of this number.</summary>
    public static StateCommit Commit(int caller, long number) => new(
    [
        new SetFields(Key(caller, StateShape.Map, "count"), [new("n", new(new[] { number }))]),
        new AppendEntries(Key(caller, StateShape.Log, "log"), [new(Value(number))], KeptEntries),
        new SetScores(Key(caller, StateShape.Index, "index"), [new(Name(number), number)]),
        new PutDocument(Key(caller, StateShape.Document, Name(number)), Value(number)),
    ]);

    /// <summary>How many commits there were.</summary>
    public static async Task<long> ReadAsync(IStateProvider provider, int caller) =>
        await provider.ReadOneAsync(new MapRead(Key(caller, StateShape.Map, "count")), CancellationToken.None) is MapContent map ? map.Fields["n"].Counters.Span[0] : 0;

    /// <summary>Null when the store holds what so many commits leave, else what is wrong.</summary>
    public static async Task<string?> FindFaultAsync(IStateProvider provider, int caller, long count)
    {
        var log = (LogContent?)await provider.ReadOneAsync(new LogRead(Key(caller, StateShape.Log, "log")), CancellationToken.None);
        var expected = LongRange(Math.Max(1, count - KeptEntries + 1), count).ToList();
        if ((log?.LastSequence ?? 0) != count || !expected.SequenceEqual(log?.Entries.Select(static e => e.Sequence) ?? [])) return $"the log of caller {caller} ends with {log?.LastSequence} and holds {log?.Entries.Count} entries after {count} commits";
        if (log?.Entries.FirstOrDefault(static e => !e.Value.Span.SequenceEqual(Value(e.Sequence))) is { Sequence: > 0 } wrong) return $"entry {wrong.Sequence} of caller {caller} holds something else than was written";
        var index = (IndexContent?)await provider.ReadOneAsync(new IndexRead(Key(caller, StateShape.Index, "index")), CancellationToken.None);
        foreach (var number in LongRange(Math.Max(1, count - Documents + 1), count))
        {
            var document = (DocumentContent?)await provider.ReadOneAsync(new DocumentRead(Key(caller, StateShape.Document, Name(number))), CancellationToken.None);
            if (document is null || !document.Value.Span.SequenceEqual(Value(number))) return $"document {number} of caller {caller} is {(document is null ? "missing" : "another")}";
            if (index is null || !index.Members.Contains(new(Name(number), number))) return $"the index of caller {caller} misses {number}";
        }
        return null;
    }

    private static IEnumerable<long> LongRange(long first, long last)
    {
        for (var number = first; number <= last; number++) yield return number;
    }

    private static StateKey Key(int caller, StateShape shape, string id) => new(caller, shape, "counter", id);

    private static string Name(long number) => (number % Documents).ToString(CultureInfo.InvariantCulture);

    private static byte[] Value(long number) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number} {new string('x', (int)(number * 7 % 300))}"));
}
