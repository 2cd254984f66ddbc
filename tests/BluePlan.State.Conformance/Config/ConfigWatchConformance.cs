using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IConfigManager.WatchAsync{T}"/>: the value now, then each later one; nothing missed for good, nothing twice.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ConfigWatchConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private IConfigManager Config => State.Config;

    [Test]
    public async Task WatchAsync_NotOffered_SaysSoAndSavingStillWorks()
    {
        if (Provider.Capabilities.HasFlag(StateCapabilities.Watch)) Assert.Ignore("This store can be watched.");
        await using var watch = Config.WatchAsync<int>("chat").GetAsyncEnumerator();

        await watch.Awaiting(w => w.MoveNextAsync()).Should().ThrowAsync<NotSupportedException>();

        (await Config.SaveAsync("chat", 1)).Version.Should().Be(1);
        await Config.BackupAsync("b");
        (await Config.RestoreAsync("b")).Should().Be(1);
        (await Config.DeleteAsync("chat")).Should().BeTrue();
    }

    [Test]
    public async Task WatchAsync_There_YieldsItThenEachChange()
    {
        RequireWatch();
        await Config.SaveAsync("chat", "a");
        await using var watch = Config.WatchAsync<string>("chat").GetAsyncEnumerator();

        (await NextAsync(watch))!.Should().BeEquivalentTo(await Config.LoadAsync<string>("chat"));
        await Config.SaveAsync("chat", "b");
        (await NextAsync(watch))!.Should().BeEquivalentTo(new { Version = 2L, Value = "b" });
        await Config.DeleteAsync("chat");
        (await NextAsync(watch)).Should().BeNull();
        await Config.SaveAsync("chat", "c");
        (await NextAsync(watch))!.Should().BeEquivalentTo(new { Version = 4L, Value = "c" });
        await Config.RollbackAsync("chat", 1);
        (await NextAsync(watch))!.Should().BeEquivalentTo(new { Version = 5L, Value = "a" });
        await Config.BackupAsync("backup");
        await Config.RestoreAsync("backup");
        (await NextAsync(watch))!.Should().BeEquivalentTo(new { Version = 6L, Value = "a" });
    }

    [Test]
    public async Task WatchAsync_NotThere_YieldsNullFirst()
    {
        RequireWatch();
        await using var watch = Config.WatchAsync<string>("chat").GetAsyncEnumerator();

        (await NextAsync(watch)).Should().BeNull();
        await Config.SaveAsync("chat", "a");
        (await NextAsync(watch))!.Value.Should().Be("a");
    }

    [Test]
    public async Task WatchAsync_RestoreDeletesIt_YieldsNull()
    {
        RequireWatch();
        await Config.BackupAsync("empty");
        await Config.SaveAsync("chat", "a");
        await using var watch = Config.WatchAsync<string>("chat").GetAsyncEnumerator();
        (await NextAsync(watch))!.Value.Should().Be("a");

        await Config.RestoreAsync("empty");

        (await NextAsync(watch)).Should().BeNull();
    }

    [Test]
    public async Task WatchAsync_OtherNamesAndTenantsChange_YieldsOnlyItsOwn()
    {
        RequireWatch();
        await using var watch = Config.WatchAsync<string>("chat").GetAsyncEnumerator();
        (await NextAsync(watch)).Should().BeNull();

        await Config.SaveAsync("chat2", "no");
        await Config.SaveAsync("Chat", "no");
        await State.ForTenant("acme").Config.SaveAsync("chat", "no");
        await Config.SaveAsync("chat", "yes");

        (await NextAsync(watch))!.Value.Should().Be("yes");
    }

    [Test]
    public async Task WatchAsync_ChangedByAnotherHost_SeesIt()
    {
        RequireWatch();
        var other = await JoinAsync();
        await using var watch = Config.WatchAsync<ChatSettings>("chat").GetAsyncEnumerator();
        (await NextAsync(watch)).Should().BeNull();

        await other.Config.SaveAsync("chat", new ChatSettings("from afar"));

        (await NextAsync(watch))!.Value.Model.Should().Be("from afar");
    }

    [Test]
    public async Task WatchAsync_StoreIsDisposedMeanwhile_EndsAtOnce()
    {
        RequireWatch();
        var other = await JoinAsync();
        await using var watch = other.Config.WatchAsync<string>("chat").GetAsyncEnumerator();
        (await NextAsync(watch)).Should().BeNull();
        var next = watch.MoveNextAsync().AsTask();

        await LeaveAsync(other);

        await EndsAsync(next);
    }

    [Test]
    public async Task WatchAsync_StoreUnderALockIsDisposedMeanwhile_EndsAtOnce()
    {
        RequireWatch();
        var other = await JoinAsync();
        var lease = await other.Locks.AcquireAsync("job");
        await using var watch = other.FencedBy(lease).Config.WatchAsync<string>("chat").GetAsyncEnumerator();
        (await NextAsync(watch)).Should().BeNull();
        var next = watch.MoveNextAsync().AsTask();

        await LeaveAsync(other);

        await EndsAsync(next);
    }

    [Test]
    public async Task WatchAsync_ProviderIsDisposedMeanwhile_EndsAtOnce()
    {
        RequireWatch();
        await using var watch = Config.WatchAsync<string>("chat").GetAsyncEnumerator();
        (await NextAsync(watch)).Should().BeNull();
        var next = watch.MoveNextAsync().AsTask();

        await Provider.DisposeAsync();

        await EndsAsync(next);
    }

    [Test]
    public async Task WatchAsync_StoreIsDisposedBetweenTwoItems_EndsWithTheNext()
    {
        RequireWatch();
        var other = await JoinAsync();
        await using var watch = other.Config.WatchAsync<string>("chat").GetAsyncEnumerator();
        (await NextAsync(watch)).Should().BeNull();

        await LeaveAsync(other);

        await EndsAsync(watch.MoveNextAsync().AsTask());
    }

    [Test]
    public async Task WatchAsync_ManyChangesBeforeTheNextItem_YieldsTheLastOnce()
    {
        RequireWatch();
        await Config.SaveAsync("chat", 0);
        await using var watch = Config.WatchAsync<int>("chat").GetAsyncEnumerator();
        (await NextAsync(watch))!.Value.Should().Be(0);

        for (var i = 1; i <= 50; i++) await Config.SaveAsync("chat", i);

        var versions = new List<long>();
        while (versions.LastOrDefault() != 51) versions.Add((await NextAsync(watch))!.Version);
        versions.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        await Config.SaveAsync("chat", -1);
        (await NextAsync(watch))!.Should().BeEquivalentTo(new { Version = 52L, Value = -1 });
    }

    [Test]
    public async Task WatchAsync_ManyWatchersWhileOthersSave_EachSeesTheFinalValueAndNoneTwice()
    {
        RequireWatch();
        const int watchers = 24, savers = 4, saves = 12;
        var other = await JoinAsync();
        await Config.SaveAsync("chat", 0);
        using var enough = new CancellationTokenSource(Patience * 3);
        var watching = Enumerable.Range(0, watchers).Select(i => Task.Run(async () =>
        {
            var versions = new List<long>();
            await foreach (var entry in (i % 2 == 0 ? State : other).Config.WatchAsync<int>("chat", enough.Token))
            {
                versions.Add(entry!.Version);
                if (entry.Version == 1 + savers * saves) return versions;
            }
            return versions;
        })).ToList();

        await Task.WhenAll(Enumerable.Range(0, savers).Select(saver => Task.Run(async () =>
        {
            for (var i = 0; i < saves; i++) await (saver % 2 == 0 ? State : other).Config.SaveAsync("chat", i);
        })));

        foreach (var versions in await Task.WhenAll(watching))
        {
            versions.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
            versions[^1].Should().Be(1 + savers * saves);
        }
    }

    [Test]
    public async Task WatchAsync_SignalsWithoutAChange_YieldNothing()
    {
        RequireWatch();
        await Config.SaveAsync("chat", 1);
        var key = (await ExportAsync()).Single(record => record.Key.Type == "config").Key;
        await using var watch = Config.WatchAsync<int>("chat").GetAsyncEnumerator();
        (await NextAsync(watch))!.Version.Should().Be(1);
        var next = watch.MoveNextAsync().AsTask();

        for (var i = 0; i < 3; i++)
        {
            var read = new TaskCompletionSource();
            Provider.OnRead = async (_, answer) =>
            {
                var answers = await answer();
                read.TrySetResult();
                return answers;
            };
            await Provider.CommitAsync(new(new NotifyWatchers(key)), default);
            await read.Task.WaitAsync(Patience);
        }
        Provider.OnRead = null;
        await Config.SaveAsync("chat", 2);

        (await next.WaitAsync(Patience)).Should().BeTrue();
        watch.Current!.Version.Should().Be(2);
    }

    [Test]
    public async Task WatchAsync_Cancelled_Ends()
    {
        RequireWatch();
        using var cancellation = new CancellationTokenSource();
        await using var watch = Config.WatchAsync<int>("chat", cancellation.Token).GetAsyncEnumerator(CancellationToken.None);
        (await NextAsync(watch)).Should().BeNull();
        var next = watch.MoveNextAsync().AsTask();

        await cancellation.CancelAsync();

        await next.Awaiting(n => n.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        await using var cancelled = Config.WatchAsync<int>("chat").GetAsyncEnumerator(cancellation.Token);
        await cancelled.Awaiting(w => w.MoveNextAsync().AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task WatchAsync_ValueOfAnotherType_SaysSo()
    {
        RequireWatch();
        await Config.SaveAsync("chat", "text");
        await using var watch = Config.WatchAsync<int>("chat").GetAsyncEnumerator();

        await watch.Awaiting(w => w.MoveNextAsync()).Should().ThrowAsync<StateSchemaException>();
    }

    [Test]
    public async Task WatchAsync_EnumeratedTwice_AreTwoWatches()
    {
        RequireWatch();
        await Config.SaveAsync("chat", 1);
        var watched = Config.WatchAsync<int>("chat");
        await using var first = watched.GetAsyncEnumerator();
        (await NextAsync(first))!.Value.Should().Be(1);
        await Config.SaveAsync("chat", 2);
        await using var second = watched.GetAsyncEnumerator();

        (await NextAsync(first))!.Value.Should().Be(2);
        (await NextAsync(second))!.Value.Should().Be(2);
    }

    private static async Task<ConfigEntry<T>?> NextAsync<T>(IAsyncEnumerator<ConfigEntry<T>?> watch)
    {
        (await watch.MoveNextAsync().AsTask().WaitAsync(Patience)).Should().BeTrue();
        return watch.Current;
    }

    private static Task EndsAsync(Task<bool> next) => FluentActions.Awaiting(() => next.WaitAsync(Patience)).Should().ThrowAsync<ObjectDisposedException>();

    private void RequireWatch()
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Watch)) Assert.Ignore($"The provider '{Provider.Name}' does not offer {StateCapabilities.Watch}.");
    }
}
