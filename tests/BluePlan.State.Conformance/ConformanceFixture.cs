using System.Text;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>What all fixtures of a provider share: each test has a new harness, and a provider that is open on a new store.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[RepeatWhenLate]
public abstract class ConformanceFixture<THarness> : ITimedTest where THarness : StateProviderHarness, new()
{
    /// <summary>The partitions of the store.</summary>
    protected const int PartitionCount = 4;

    /// <summary>An instant that no test comes near.</summary>
    protected static readonly DateTimeOffset Far = new(2999, 12, 31, 23, 59, 59, 123, TimeSpan.Zero);

    // Instants are whole milliseconds.
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    protected THarness Harness { get; } = new();

    public bool IsLate => Harness.IsLate;

    protected IStateProvider Provider { get; private set; } = null!;

    protected DateTimeOffset Now => Harness.Time.GetUtcNow();

    [SetUp]
    public async Task OpenStoreAsync()
    {
        Provider = await Harness.CreateAsync();
        await Provider.OpenAsync(PartitionCount, CancellationToken.None);
        Harness.Begin();
    }

    [TearDown]
    public async Task DisposeHarnessAsync() => await Harness.DisposeAsync();

    protected static StateKey Document(string id = "one", int partition = 1, string type = "document") => new(partition, StateShape.Document, type, id);

    protected static StateKey Map(string id = "one", int partition = 1, string type = "map") => new(partition, StateShape.Map, type, id);

    protected static StateKey Log(string id = "one", int partition = 1, string type = "log") => new(partition, StateShape.Log, type, id);

    protected static StateKey Index(string id = "one", int partition = 1, string type = "index") => new(partition, StateShape.Index, type, id);

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Bytes that do not compress and differ by seed.</summary>
    protected static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected static MapField Field(string name, string bytes) => new(name, new(Bytes(bytes)));

    protected static MapField Field(string name, params long[] counters) => new(name, new(counters.AsMemory()));

    protected static MapIncrement By(string name, params long[] by) => new(name, by);

    protected TimeSpan Ticks(double count) => Harness.Ticks(count);

    /// <summary>Skips the test on a provider that does not offer something; the fixture of capabilities holds it to refusing.</summary>
    protected void Needs(StateCapabilities capabilities)
    {
        if (!Provider.Capabilities.HasFlag(capabilities)) Assert.Ignore($"The provider '{Provider.Name}' does not declare {capabilities & ~Provider.Capabilities}.");
    }

    /// <summary>Another provider on the same store, open. Unless it is <see cref="StateCapabilities.Shared"/>, the one before is closed.</summary>
    protected async Task<IStateProvider> ReopenAsync()
    {
        var reopened = await Harness.ReopenAsync();
        await reopened.OpenAsync(PartitionCount, CancellationToken.None);
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Shared)) Provider = reopened;
        return reopened;
    }

    protected async Task<CommitResult> TryCommitAsync(params StateOperation[] operations) =>
        await Provider.CommitAsync(new StateCommit(operations), CancellationToken.None);

    /// <summary>Commits what must not conflict.</summary>
    protected Task<IReadOnlyList<OperationResult>> CommitAsync(params StateOperation[] operations) => CommitAsync(new StateCommit(operations));

    /// <inheritdoc cref="CommitAsync(StateOperation[])"/>
    protected async Task<IReadOnlyList<OperationResult>> CommitAsync(StateCommit commit)
    {
        var result = await Provider.CommitAsync(commit, CancellationToken.None);
        result.Conflict.Should().BeNull("no condition of the commit is unmet");
        result.Results.Should().HaveCount(commit.Operations.Count, "each operation has a result");
        return result.Results;
    }

    /// <summary>Commits what must not conflict, and returns the commit's tag.</summary>
    protected async Task<StateETag> WriteAsync(params StateOperation[] operations)
    {
        var commit = new StateCommit(operations);
        await CommitAsync(commit);
        return commit.ETag;
    }

    protected async Task<T?> ReadAsync<T>(StateRead<T> read) where T : StateContent => await Provider.ReadAsync(read);

    /// <summary>Everything about a key, without touching it.</summary>
    protected Task<StateContent?> ReadAsync(StateKey key) => ReadAsync(Provider, key);

    /// <summary>When a key that is there expires, without touching it.</summary>
    protected async Task<StateExpiry> ExpiryAsync(StateKey key) => (await ReadAsync(key))!.Expiry;

    protected static async Task<StateContent?> ReadAsync(IStateProvider provider, StateKey key) => await provider.ReadOneAsync(Whole(key), CancellationToken.None);

    protected static StateRead Whole(StateKey key) => key.Shape switch
    {
        StateShape.Document => new DocumentRead(key),
        StateShape.Map => new MapRead(key),
        StateShape.Log => new LogRead(key),
        _ => new IndexRead(key),
    };

    /// <summary>What the store holds under some keys, to compare and to print.</summary>
    protected async Task<string> PictureAsync(IEnumerable<StateKey> keys, IStateProvider? provider = null)
    {
        StateKey[] list = [.. keys];
        var contents = await (provider ?? Provider).ReadAsync([.. list.Select(Whole)], CancellationToken.None);
        return string.Join('\n', list.Zip(contents, static (key, content) => $"{StatePicture.Of(key)}: {StatePicture.Of(content)}"));
    }

    /// <summary>Compares an instant with a lifetime that began between <paramref name="since"/> and now: exactly where time stands still, else to a tick.</summary>
    protected void ShouldBeIn(TimeSpan lifetime, DateTimeOffset since, DateTimeOffset? instant)
    {
        var tolerance = Harness.TimeStandsStill ? TimeSpan.Zero : Harness.Tick;
        instant.Should().NotBeNull("the key expires").And.BeOnOrAfter(since + lifetime - tolerance - Millisecond).And.BeOnOrBefore(Now + lifetime + tolerance);
    }

    /// <summary>Runs a body for many callers at once.</summary>
    protected static Task AllAsync(int callers, Func<int, Task> body) => Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => body(caller))));
}
