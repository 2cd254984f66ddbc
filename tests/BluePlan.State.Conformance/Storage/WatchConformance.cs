using System.Diagnostics;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Watching a key: signals may be joined, never lost.</summary>
public abstract class WatchConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    // How often a watch takes over from another; more by an environment variable.
    private static readonly int Handovers = 2_000 * (int.TryParse(Environment.GetEnvironmentVariable("BLUEPLAN_ROUNDS"), out var times) ? times : 1);

    [SetUp]
    public void NeedsWatch() => Needs(StateCapabilities.Watch);

    [Test]
    public async Task Watch_Established_SignalsOnceAlsoWithoutAKey()
    {
        await using var watch = await WatchAsync(Document());

        watch.Current.Should().Be(Document());
    }

    [Test]
    public async Task Watch_EachNotifyingCommit_Signals([Values] StateShape shape)
    {
        var key = new StateKey(3, shape, "watched", "one");
        await using var watch = await WatchAsync(key);

        for (var i = 0; i < 3; i++)
        {
            (await CommitAsync(new NotifyWatchers(key)))[0].Should().Be(default(OperationResult));

            await NextAsync(watch);
            watch.Current.Should().Be(key);
        }
        (await ReadAsync(key)).Should().BeNull("a signal stores nothing");
    }

    [Test]
    public async Task Watch_Signal_ComesWhenTheWriteCanBeRead()
    {
        const int Last = 100;
        await using var watch = await WatchAsync(Document());
        var writer = Task.Run(async () =>
        {
            for (var i = 1; i <= Last; i++) await CommitAsync(new PutDocument(Document(), Bytes($"{i}")), new NotifyWatchers(Document()));
        });

        // Whoever reads at each signal sees the last write, however the signals were joined.
        for (var seen = 0; seen < Last;)
        {
            await NextAsync(watch);
            var now = int.Parse(Text((await ReadAsync(new DocumentRead(Document())))!.Value), null);
            now.Should().BeGreaterThanOrEqualTo(seen);
            seen = now;
        }
        await writer;
    }

    [Test]
    public async Task Watch_SignalsNobodyTook_AreJoinedNotLost()
    {
        await using var watch = await WatchAsync(Document());
        for (var i = 0; i < 500; i++) await CommitAsync(new NotifyWatchers(Document()));

        await NextAsync(watch);
        await CommitAsync(new NotifyWatchers(Document()));
        await NextAsync(watch);

        watch.Current.Should().Be(Document());
    }

    [Test]
    public async Task Watch_Several_AreAllSignalled()
    {
        await using var first = await WatchAsync(Document());
        await using var second = await WatchAsync(Document());
        await using var other = await WatchAsync(Map());
        await CommitAsync(new SetFields(Map(), [Field("f", "v")]), new NotifyWatchers(Document()), new NotifyWatchers(Map()), new CheckKey(Document(), StateCondition.IfAbsent));

        foreach (var watch in new[] { first, second, other }) await NextAsync(watch);

        (first.Current, second.Current, other.Current).Should().Be((Document(), Document(), Map()));
    }

    [Test]
    public async Task Watch_OneEnds_TheOthersGoOn()
    {
        await using var staying = await WatchAsync(Document());
        var leaving = await WatchAsync(Document());
        await leaving.DisposeAsync();

        await CommitAsync(new NotifyWatchers(Document()));

        await NextAsync(staying);
        await using var again = await WatchAsync(Document());
        await CommitAsync(new NotifyWatchers(Document()));
        await NextAsync(again);
        again.Current.Should().Be(Document());
    }

    [Test]
    public async Task Watch_HostileNames_AreSignalledAsTheyAre()
    {
        foreach (var name in HostileNames.Short.Where(static (_, i) => i % 4 == 0).Concat(["*", "?", "[a-z]", "{a}", "\0", "\n"]))
        {
            await using var watch = await WatchAsync(Document(name));
            await CommitAsync(new NotifyWatchers(Document(name)));

            await NextAsync(watch);

            watch.Current.Should().Be(Document(name));
        }
    }

    [Test]
    public async Task Watch_FromAnotherProvider_Signals()
    {
        Needs(StateCapabilities.Shared);
        var other = await ReopenAsync();
        await using var watch = await WatchAsync(Document());

        await other.CommitAsync(new StateCommit(new PutDocument(Document(), Bytes("v")), new NotifyWatchers(Document())), CancellationToken.None);

        await NextAsync(watch);
        Text((await ReadAsync(new DocumentRead(Document())))!.Value).Should().Be("v");
    }

    [Test]
    public async Task Watch_Cancelled_EndsByThatException()
    {
        using var ending = new CancellationTokenSource();
        await using var watch = await WatchAsync(Document(), ending.Token);
        var next = watch.MoveNextAsync().AsTask();

        await ending.CancelAsync();

        await FluentActions.Awaiting(() => next.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Watch_ProviderDisposed_Ends()
    {
        await using var watch = await WatchAsync(Document());
        var next = watch.MoveNextAsync().AsTask();

        await Provider.DisposeAsync();

        (await HowItEndsAsync(next)).Should().BeOneOf("nothing more comes", nameof(ObjectDisposedException));
    }

    [Test]
    public async Task Watch_PartitionBeyondTheCount_IsRefused() =>
        await FluentActions.Awaiting(() => Provider.WatchAsync(Document(partition: PartitionCount), CancellationToken.None).FirstAsync().AsTask().WaitAsync(Patience)).Should().ThrowAsync<ArgumentException>();

    [Test]
    public async Task Watch_ManyWritersAndWatchers_EachSeesTheLastWrite()
    {
        const int Writers = 16, Writes = 20;
        var watchers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var watch = await WatchAsync(Map());
            while ((await ReadAsync(new MapRead(Map()))) is not { } map || map.Fields["n"].Counters.Span[0] < Writers * Writes) await NextAsync(watch);
            return true;
        })).ToArray();

        await AllAsync(Writers, async _ =>
        {
            for (var i = 0; i < Writes; i++) await CommitAsync(new IncrementFields(Map(), [By("n", 1)]), new NotifyWatchers(Map()));
        });

        (await Task.WhenAll(watchers)).Should().OnlyContain(static sawTheLast => sawTheLast);
    }

    [Test]
    public async Task Watch_BeginsWhileAnotherOfTheKeyEnds_IsHeardAtOnce()
    {
        var ending = await WatchAsync(Document());
        for (var round = 0; round < Handovers; round++)
        {
            var leaving = ending;
            var end = Task.Run(() => leaving.DisposeAsync().AsTask());
            ending = await WatchAsync(Document());
            await end;

            var begun = Stopwatch.GetTimestamp();
            await CommitAsync(new NotifyWatchers(Document()));
            await NextAsync(ending);
            Stopwatch.GetElapsedTime(begun).Should().BeLessThan(AtOnce, "nobody may be deaf until the store looks again by itself (round {0})", round);
        }
        await ending.DisposeAsync();
    }

    /// <summary>A watch that is established.</summary>
    private async Task<IAsyncEnumerator<StateKey>> WatchAsync(StateKey key, CancellationToken cancellationToken = default)
    {
        var watch = Provider.WatchAsync(key, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await NextAsync(watch);
        return watch;
    }

    private static async Task NextAsync(IAsyncEnumerator<StateKey> watch) => (await watch.MoveNextAsync().AsTask().WaitAsync(Patience)).Should().BeTrue("a signal comes, and the watch does not end");

    private static async Task<string> HowItEndsAsync(Task<bool> next)
    {
        try { return await next.WaitAsync(Patience) ? "a signal comes" : "nothing more comes"; }
        catch (ObjectDisposedException) { return nameof(ObjectDisposedException); }
    }
}
