using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Names: any well-formed text, never mistaken for something else or for each other.</summary>
public abstract class NameConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Ids_Hostile_AreTheirOwnKeys([Values] StateShape shape)
    {
        await CommitAsync([.. HostileNames.All.Select((id, i) => Write(new(2, shape, "hostile", id), i))]);

        await EachShouldHoldItsOwn(HostileNames.All.Select((id, i) => (new StateKey(2, shape, "hostile", id), i)));
        foreach (var id in HostileNames.All.Where(static (_, i) => i % 2 == 0)) (await CommitAsync(new DeleteKey(new(2, shape, "hostile", id))))[0].Count.Should().Be(1, "{0} was there", StatePicture.Of(id));
        await EachShouldHoldItsOwn(HostileNames.All.Select((id, i) => (new StateKey(2, shape, "hostile", id), i)).Where(static key => key.i % 2 == 1));
    }

    [Test]
    public async Task Keys_LookingAlike_AreToldApart()
    {
        string[] types = ["a", "b", "ab", "a-b", "-", "1", "document", "map", new('t', StateLimits.MaximumTypeLength)];
        string[] ids = ["a", "b", "ab", "a/b", "b/a", "1", "1/a", "0/a", "document/a", "a-b", "-", "{1}", "a:b", "b:a"];
        (StateKey Key, int Number)[] keys =
            [.. (from partition in Enumerable.Range(0, PartitionCount) from shape in Enum.GetValues<StateShape>() from type in types from id in ids select new StateKey(partition, shape, type, id)).Select(static (key, i) => (key, i))];
        foreach (var partition in keys.GroupBy(static key => key.Key.Partition)) await CommitAsync([.. partition.Select(static key => Write(key.Key, key.Number))]);

        await EachShouldHoldItsOwn(keys);
        foreach (var partition in keys.Where(static key => key.Number % 3 == 0).GroupBy(static key => key.Key.Partition))
            (await CommitAsync([.. partition.Select(static key => new DeleteKey(key.Key))])).Should().OnlyContain(static result => result.Count == 1);
        await EachShouldHoldItsOwn(keys.Where(static key => key.Number % 3 != 0));
        (await PictureAsync(keys.Where(static key => key.Number % 3 == 0).Select(static key => key.Key))).Split('\n').Should().OnlyContain(static line => line.EndsWith(": absent", StringComparison.Ordinal));
    }

    [Test]
    public async Task Fields_Hostile_AreTheirOwn()
    {
        MapField[] fields = [.. HostileNames.All.Select(static (name, i) => i % 2 == 0 ? Field(name, i) : Field(name, $"{i}"))];
        await CommitAsync(new SetFields(Map(), fields));

        StatePicture.Of(await ReadAsync(Map())).Should().Be(StatePicture.Of(new MapContent(fields.ToDictionary(static field => field.Name, static field => field.Value))));
        foreach (var field in fields)
            (await ReadAsync(new MapRead(Map(), [field.Name])))!.Fields.Should().Equal(new Dictionary<string, MapValue> { [field.Name] = field.Value });
        (await CommitAsync(new IncrementFields(Map(), [.. fields.Where(static field => field.Value.IsCounters).Select(static field => By(field.Name, 1000))], returnValues: true)))[0]
            .Vectors!.Select(static vector => vector.Span[0]).Should().Equal(fields.Where(static field => field.Value.IsCounters).Select(static field => field.Value.Counters.Span[0] + 1000));
        foreach (var field in fields.Skip(1)) (await CommitAsync(new RemoveFields(Map(), [field.Name])))[0].Count.Should().Be(1, "{0} was there", StatePicture.Of(field.Name));
        (await ReadAsync(new MapRead(Map())))!.Fields.Keys.Should().Equal(fields[0].Name);
    }

    [Test]
    public async Task Members_Hostile_AreTheirOwn()
    {
        IndexMember[] members = [.. HostileNames.All.Select(static (name, i) => new IndexMember(name, i / 5))];
        await CommitAsync(new SetScores(Index(), members));

        (await ReadAsync(new IndexRead(Index())))!.Members.Should().Equal(members.Order().ToArray());
        foreach (var member in members)
        {
            (await ReadAsync(new IndexRead(Index(), [member.Member])))!.Members.Should().Equal(member);
            (await ReadAsync(new IndexRead(Index(), after: member)))!.Members.Should().HaveCount(members.Count(other => other > member));
        }
        await CommitAsync(new IncrementScores(Index(), [.. members.Select(static member => member with { Score = 1 })]));
        foreach (var member in members.Skip(1)) (await CommitAsync(new RemoveMembers(Index(), [member.Member])))[0].Count.Should().Be(1, "{0} was there", StatePicture.Of(member.Member));
        (await ReadAsync(new IndexRead(Index())))!.Members.Should().Equal(members[0] with { Score = 1 });
    }

    [Test]
    public async Task EntryIds_Hostile_AreTheirOwn()
    {
        await CommitAsync(new AppendEntries(Log(), [.. HostileNames.All.Select(static (name, i) => new LogAppend(Bytes($"{i}"), name))]));

        foreach (var (name, i) in HostileNames.All.Select(static (name, i) => (name, i)))
        {
            (await ReadAsync(new LogRead(Log(), [name])))!.Entries.Select(static entry => (entry.Sequence, entry.Id, Text(entry.Value))).Should().Equal((i + 1, name, $"{i}"));
            (await TryCommitAsync(new AppendEntries(Log(), [new(default, name)]))).Conflict.Should().NotBeNull("the log has {0}", StatePicture.Of(name));
        }
        (await ReadAsync(new LogRead(Log())))!.Entries.Select(static entry => entry.Id).Should().Equal(HostileNames.All);
    }

    private static StateOperation Write(StateKey key, int number) => key.Shape switch
    {
        StateShape.Document => new PutDocument(key, Bytes($"{number}")),
        StateShape.Map => new SetFields(key, [Field("f", $"{number}")]),
        StateShape.Log => new AppendEntries(key, [new(Bytes($"{number}"))]),
        _ => new SetScores(key, [new("m", number)]),
    };

    private async Task EachShouldHoldItsOwn(IEnumerable<(StateKey Key, int Number)> keys)
    {
        (StateKey Key, int Number)[] list = [.. keys];
        var contents = await Provider.ReadAsync([.. list.Select(static key => Whole(key.Key))], CancellationToken.None);
        var wrong = list.Zip(contents, static (key, content) => (key.Key, key.Number, Held: Number(content))).Where(static key => key.Held != $"{key.Number}");
        wrong.Select(static key => $"{StatePicture.Of(key.Key)} holds {key.Held}, not {key.Number}").Should().BeEmpty();
    }

    private static string Number(StateContent? content) => content switch
    {
        null => "nothing",
        DocumentContent document => Text(document.Value),
        MapContent map => Text(map.Fields["f"].Bytes),
        LogContent log => Text(log.Entries[0].Value),
        IndexContent index => $"{index.Members[0].Score}",
        _ => content.GetType().Name,
    };
}
