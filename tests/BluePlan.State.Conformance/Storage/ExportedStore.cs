using BluePlan.State.Storage;
using FluentAssertions;

namespace BluePlan.State.Conformance;

/// <summary>What an export showed, the parts of each key put together. Fails when a key comes twice, or its parts do not follow each other, disagree, or repeat something.</summary>
internal sealed class ExportedStore
{
    public Dictionary<StateKey, StateContent> Contents { get; } = [];

    public static async Task<ExportedStore> OfAsync(IStateProvider provider)
    {
        var store = new ExportedStore();
        StateKey last = default;
        await foreach (var record in provider.ExportAsync(CancellationToken.None))
        {
            if (record.Continues) record.Key.Should().Be(last, "a further part follows the part before");
            else store.Contents.Should().NotContainKey(record.Key, "each key comes once");
            store.Contents[record.Key] = record.Continues ? Join(store.Contents[record.Key], record.Content) : record.Content;
            last = record.Key;
        }
        return store;
    }

    /// <summary>The keys with what they hold, in an order of their own.</summary>
    public string Picture() => string.Join('\n', Contents.Select(static item => $"{StatePicture.Of(item.Key)}: {Picture(item.Value)}").Order(StringComparer.Ordinal));

    /// <summary>What a key holds, put together from all its parts.</summary>
    public static string Picture(StateContent whole) => StatePicture.Of(Counted(whole));

    private static StateContent Join(StateContent first, StateContent next)
    {
        next.Expiry.Should().Be(first.Expiry, "all parts repeat the expiry");
        switch (first, next)
        {
            case (MapContent a, MapContent b):
                return a with { Fields = a.Fields.Concat(b.Fields).ToDictionary() };
            case (LogContent a, LogContent b):
                b.LastSequence.Should().Be(a.LastSequence, "all parts repeat the last sequence");
                return a with { Entries = [.. a.Entries.Concat(b.Entries).OrderBy(static entry => entry.Sequence)] };
            case (IndexContent a, IndexContent b):
                return a with { Members = [.. a.Members.Concat(b.Members).Order()] };
            default:
                throw new InvalidOperationException($"A {first.GetType().Name} does not go on as {next.GetType().Name}.");
        }
    }

    // Whether a part tells its own count or that of the whole is open, so the whole is counted here.
    private static StateContent Counted(StateContent content) => content switch
    {
        LogContent log => log with { Count = log.Entries.Count },
        IndexContent index => index with { Count = index.Members.Count, Members = [.. index.Members.Order()] },
        _ => content,
    };
}
