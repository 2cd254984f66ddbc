using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>
/// Turns a list of numbers into a commit or a read, whatever the numbers are: each decision takes the next one, and zero, which is what shrinking strives for and what stands behind the end, is the simplest choice.
/// It looks at the model, so that conditions are met about as often as not.
/// </summary>
internal sealed class ModelDraw(int[] numbers, ModelStore model, string run, DateTimeOffset now, TimeSpan unit, StateCapabilities capabilities)
{
    private static readonly string[] Texts = ["", "a", "5", "some longer text"];
    private static readonly long[] Numbers = [1, 0, -1, 7, StateLimits.MaximumNumber, -StateLimits.MaximumNumber, StateLimits.MaximumNumber - 3, 1_000_000_007];
    private int _taken;

    /// <summary>Every key that a run uses.</summary>
    public static IEnumerable<StateKey> Keys(string run) =>
        from partition in Enumerable.Range(1, 2) from shape in Enum.GetValues<StateShape>() from id in new[] { "a", "b" } select new StateKey(partition, shape, "model", run + id);

    public int Next(int choices) => (_taken < numbers.Length ? numbers[_taken++] : 0) % choices;

    public StateCommit Commit()
    {
        var partition = 1 + Next(2);
        var operations = new List<StateOperation>();
        for (var left = 1 + Next(4); left > 0; left--)
        {
            var operation = Operation(Key(partition));
            var writes = operation is not (CheckKey or CheckEntries or CheckExpiry or ExpireKey);
            if (!writes || !operations.Any(other => other is not (CheckKey or CheckEntries or CheckExpiry) && other.Key == operation.Key)) operations.Add(operation);
        }
        return new(operations);
    }

    public StateRead Read()
    {
        var key = Key(1 + Next(2));
        switch (key.Shape)
        {
            case StateShape.Document:
                return new DocumentRead(key, Next(3) switch { 0 => null, 1 => StateExpiry.Keep, _ => StateExpiry.Sliding(Lifetime()) }, headOnly: Next(3) == 2);
            case StateShape.Map:
                return new MapRead(key, Next(2) == 0 ? null : Names("f"));
            case StateShape.Log when capabilities.HasFlag(StateCapabilities.LogRevisions) && Next(3) == 2:
                return new TailRead(key, Limit(), Known(model.Live(key, now)));
            case StateShape.Log:
                return Next(3) == 2 ? new LogRead(key, Names("id")) : new LogRead(key, Next(6), Next(2) == 0 ? long.MaxValue : Next(9), Limit(), fromEnd: Next(2) == 1);
            default:
                return Next(capabilities.HasFlag(StateCapabilities.PageReads) ? 5 : 4) switch
                {
                    4 => new PageRead(key, "model", run, 1 + Next(3), descending: Next(2) == 1, Next(2) == 0 ? null : new(Next(4) == 3 ? "" : Member(), Number())),
                    1 => new IndexRead(key, Members()),
                    2 => new UnionRead(Next(2) == 0 ? [key] : [key, new(key.Partition, StateShape.Index, "model", run + (key.Id.EndsWith('a') ? "b" : "a"))], Limit()),
                    _ => new IndexRead(key, Next(2) == 0 ? long.MinValue : Number(), Next(2) == 0 ? long.MaxValue : Number(), Limit(), descending: Next(2) == 1, Next(2) == 0 ? null : new(Next(4) == 3 ? "" : Member(), Number())),
                };
        }
    }

    private LogVersion Known(ModelCell? cell) => Next(4) switch
    {
        1 => new(cell?.Revision ?? default, cell?.LastSequence ?? 0),
        2 => new(cell?.Revision ?? default, Next(9)),
        3 => new(StateETag.New(), Next(9)),
        _ => default,
    };

    private StateKey Key(int partition) => new(partition, (StateShape)Next(4), "model", run + (Next(2) == 0 ? "a" : "b"));

    private StateOperation Operation(StateKey key)
    {
        var cell = model.Live(key, now);
        switch (Next(10))
        {
            case 7: return new DeleteKey(key);
            case 8 when key.Shape is StateShape.Document && Next(3) == 2: return new CheckExpiry(key, Next(3) == 2 ? now.AddYears(1) : null);
            case 8: return new CheckKey(key, Condition(key, cell, mayBeNone: false));
            case 9: return new ExpireKey(key, Expiry(mayKeep: false, maySlide: key.Shape is StateShape.Document), onlyIfNone: Next(2) == 1);
        }
        return key.Shape switch
        {
            StateShape.Document => new PutDocument(key, Bytes(), Expiry(mayKeep: true, maySlide: true), Condition(key, cell, mayBeNone: true)),
            StateShape.Map => MapOperation(key, cell),
            StateShape.Log => LogOperation(key, cell),
            _ => IndexOperation(key),
        };
    }

    private StateOperation MapOperation(StateKey key, ModelCell? cell) => Next(capabilities.HasFlag(StateCapabilities.FieldConditions) ? 7 : 5) switch
    {
        5 => new IncrementWithin(key, [.. Names("f", 1).Select(name => new MapIncrement(name, Vector()))], [.. Enumerable.Range(0, 1 + Next(2)).Select(_ => new CounterBound(Number(), Names("f", 1), Next(3)))], returnValues: Next(2) == 1),
        6 => ReplaceField(key, cell),
        4 => new RaiseToken(key, Name("f"), Math.Max(1, Number())),
        0 => new SetFields(key, [.. Names("f", 1).Select(name => new MapField(name, Next(2) == 0 ? new(Bytes()) : new(Vector())))], ifAbsent: Next(3) == 2),
        3 => new RemoveFields(key, Names("f", 1)),
        _ => new IncrementFields(key, [.. Names("f", 1).Select(name => new MapIncrement(name, Vector()))], returnValues: Next(2) == 1),
    };

    private ReplaceField ReplaceField(StateKey key, ModelCell? cell)
    {
        var name = Name("f");
        MapValue? held = cell is not null && cell.Fields.TryGetValue(name, out var value) ? value : null;
        return new(key, name, Next(4) switch { 2 => new(Bytes()), 3 => null, _ => held }, Next(2) == 0 ? new(Bytes()) : new(Vector()));
    }

    private StateOperation LogOperation(StateKey key, ModelCell? cell)
    {
        var last = cell?.LastSequence ?? 0;
        switch (Next(7))
        {
            case 6:
                // What is there about as often as not, then with another sequence or id.
                return new CheckEntries(key, [.. Names("id", 1).Select(name => new LogEntryId(cell?.Entries.Values.FirstOrDefault(entry => entry.Id == name).Sequence is > 0 and var held && Next(4) != 3 ? held : 1 + Next(8), name))]);
            case 4:
                var sequence = cell is { Entries.Count: > 0 } && Next(4) != 3 ? cell.Entries.Keys.ElementAt(Next(cell.Entries.Count)) : 1 + Next(8);
                return new ReplaceEntry(key, sequence, Bytes(), Next(3) switch { 0 => null, 1 when cell is not null && cell.Entries.TryGetValue(sequence, out var entry) => entry.Value, _ => Bytes() });
            case 5:
                var first = 1 + Next(6);
                SequenceRange range = new(first, Next(3) == 2 ? long.MaxValue : first + Next(4));
                return new RemoveEntries(key, range.Last < long.MaxValue && Next(2) == 1 ? [range, new(range.Last + 2, range.Last + 2 + Next(3))] : [range]);
        }
        var entries = new List<LogAppend>();
        var ids = Names("id", 1);
        long lowest = 0;
        for (var i = 0; i <= Next(3); i++)
        {
            // Explicit sequences rise within the append, wherever the log stands.
            long? explicitly = Next(8) switch { 5 => last + Next(4), 6 => Next(12), 7 when Next(4) == 3 => StateLimits.MaximumNumber - Next(3), _ => null };
            if (explicitly <= lowest || explicitly > StateLimits.MaximumNumber) explicitly = null;
            lowest = explicitly ?? lowest + 1;
            entries.Add(new(Bytes(), i < ids.Count && Next(2) == 1 ? ids[i] : null, explicitly));
        }
        int? keepLast = Next(4) switch { 2 => 1 + Next(2), 3 => 3 + Next(5), _ => null };
        long? atLeast = entries.TrueForAll(static entry => entry.Sequence is null) ? Next(6) switch { 3 => Math.Min(1 + last + Next(5), StateLimits.MaximumNumber), 4 => 1 + Next(9), 5 when Next(4) == 3 => StateLimits.MaximumNumber - Next(3), _ => null } : null;
        return new AppendEntries(key, entries, keepLast, atLeast);
    }

    private StateOperation IndexOperation(StateKey key) => Next(6) switch
    {
        4 => new RemoveMembers(key, Members(1), onlyIfAll: Next(3) == 2),
        5 => new RemoveScores(key, Next(2) == 0 ? Number() : long.MinValue, Next(2) == 0 ? Number() : long.MaxValue),
        2 or 3 => new IncrementScores(key, [.. Members(1).Select(name => new IndexMember(name, Number()))]),
        _ => new SetScores(key, [.. Members(1).Select(name => new IndexMember(name, Number()))], onlyRaise: Next(3) == 2),
    };

    private StateCondition Condition(StateKey key, ModelCell? cell, bool mayBeNone) => Next(mayBeNone ? 6 : 4) switch
    {
        1 => cell is null ? StateCondition.IfAbsent : StateCondition.IfExists,
        2 when key.Shape is StateShape.Document => StateCondition.IfMatch(cell is null || Next(3) == 2 ? StateETag.New() : cell.ETag),
        3 => Next(2) == 0 ? StateCondition.IfAbsent : StateCondition.IfExists,
        _ when mayBeNone => StateCondition.None,
        _ => StateCondition.IfAbsent,
    };

    private StateExpiry Expiry(bool mayKeep, bool maySlide) => Next(7) switch
    {
        1 when mayKeep => StateExpiry.Keep,
        2 => StateExpiry.After(Lifetime()),
        3 => StateExpiry.At(now + Lifetime()),
        4 => Next(3) == 2 ? StateExpiry.At(now - unit) : StateExpiry.After(Lifetime()),
        5 when maySlide => StateExpiry.Sliding(Lifetime()),
        6 when maySlide => StateExpiry.Sliding(Lifetime(), Lifetime()),
        _ => StateExpiry.Never,
    };

    private TimeSpan Lifetime() => unit * (1 + Next(4));

    private ReadOnlyMemory<byte> Bytes() => Encoding.UTF8.GetBytes(Texts[Next(Texts.Length)]);

    private long Number() => Numbers[Next(Numbers.Length)];

    private ReadOnlyMemory<long> Vector() => Enumerable.Range(0, 1 + Next(3)).Select(_ => Number()).ToArray();

    private int Limit() => Next(3) switch { 1 => Next(3), _ => int.MaxValue };

    /// <summary>Some members are called as the documents are, so that a page finds these.</summary>
    private string Member() => Next(4) switch { 2 => "a", 3 => "b", var number => $"m{number}" };

    private List<string> Members(int atLeast = 0) => [.. Enumerable.Range(0, atLeast + Next(3)).Select(_ => Member()).Distinct()];

    private string Name(string kind) => kind + Next(4);

    private List<string> Names(string kind, int atLeast = 0) => [.. Enumerable.Range(0, atLeast + Next(3)).Select(_ => Name(kind)).Distinct()];
}
