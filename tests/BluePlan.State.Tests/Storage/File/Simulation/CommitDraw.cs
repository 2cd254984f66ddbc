using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>Commits of every kind on a few keys, all of which can be done. Values are short, or longer than a sector.</summary>
internal sealed class CommitDraw(Random random)
{
    public const int Partitions = 4;

    public StateCommit Next(DateTimeOffset now)
    {
        var partition = random.Next(2);
        var operations = new List<StateOperation>();
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var key = new StateKey(partition, (StateShape)random.Next(4), "crash", random.Next(2) == 0 ? "a" : "b");
            if (operations.TrueForAll(o => o.Key != key)) operations.Add(Operation(key, now));
        }
        return new(operations);
    }

    private StateOperation Operation(StateKey key, DateTimeOffset now) => (key.Shape, random.Next(8)) switch
    {
        (_, 0) => new DeleteKey(key),
        (_, 1) => new ExpireKey(key, StateExpiry.At(now.AddSeconds(random.Next(2, 60)))),
        (StateShape.Document, var kind) => new PutDocument(key, Value(), kind switch { 2 => StateExpiry.After(TimeSpan.FromSeconds(random.Next(1, 60))), 3 => StateExpiry.Sliding(TimeSpan.FromMinutes(1)), 4 => StateExpiry.Keep, _ => StateExpiry.Never }),
        (StateShape.Map, 2) => new RemoveFields(key, [Name()]),
        (StateShape.Map, 3) => new SetFields(key, [new("bytes" + Name(), new(Value()))]),
        (StateShape.Map, 4) => new RaiseToken(key, "token" + random.Next(1_000_000_000), 1 + random.Next(100)),
        (StateShape.Map, _) => new IncrementFields(key, [new("counter" + Name(), new long[] { 1, random.Next(100) })]),
        (StateShape.Log, 2) => new RemoveEntries(key, [new(random.Next(1, 5), random.Next(5, 12))]),
        (StateShape.Log, var kind) => new AppendEntries(key, [new(Value(), kind == 3 ? Guid.NewGuid().ToString() : null), new(Value())], kind == 4 ? 3 : null, kind == 5 ? 1 + random.Next(1000) : null),
        (_, 2) => new RemoveMembers(key, [Name()]),
        (_, 3) => new RemoveScores(key, 0, random.Next(20)),
        (_, 4) => new IncrementScores(key, [new(Name(), random.Next(10))]),
        _ => new SetScores(key, [new(Name(), random.Next(50)), new("of all", random.Next(50))]),
    };

    private string Name() => "n" + random.Next(4);

    private byte[] Value()
    {
        var value = new byte[random.Next(6) switch { 0 => 0, 1 => random.Next(500, 3000), _ => random.Next(1, 60) }];
        random.NextBytes(value);
        return value;
    }
}
