using System.Collections.Concurrent;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>Commits that count as done only when replicas have confirmed them, beside those that do not ask.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReplicatedCommitTests
{
    private const int Partitions = 4;
    // What a replica has to confirm a commit, also on a busy machine.
    private static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(30);
    // When there is none each commit takes once to twice that.
    private static readonly TimeSpan NoConfirmation = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly StateKey Log = new(1, StateShape.Log, "test", "one");

    private TestServer _primary = null!;
    private TestServer _replica = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _primary = await TestServers.StartRedisAsync("--repl-diskless-sync-delay", "0");
        _replica = await TestServers.StartRedisAsync("--replicaof", "127.0.0.1", $"{_primary.Port}");
        await UntilAsync(async () => await _primary.CallAsync("WAIT 1 1000") == "1");
    }

    [TearDown]
    public void End()
    {
        _primary?.Dispose();
        _replica?.Dispose();
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public async Task CommitAsync_ReplicaThatWasCutOffTakesOver_AcknowledgedWritesAreGoneUnlessReplicasConfirmThem(int minReplicas, bool lost)
    {
        var acknowledged = new ConcurrentQueue<StateKey>();
        async Task<StateUnavailableException?> WriteAsync(RedisStateProvider provider, StateKey key)
        {
            try
            {
                await provider.CommitAsync(new(key.Shape is StateShape.Document ? new PutDocument(key, new byte[] { 1 }) : new AppendEntries(key, [new(new byte[] { 1 })])), default);
                acknowledged.Enqueue(key);
                return null;
            }
            catch (StateUnavailableException exception)
            {
                return exception;
            }
        }

        await using (var provider = await OpenAsync(minReplicas, Confirmation))
        await using (var lonely = await OpenAsync(minReplicas, NoConfirmation))
        {
            (await AllAsync("before", key => WriteAsync(provider, key))).Should().OnlyContain(static failure => failure == null);
            (await _primary.CallAsync("SET other 1\r\nWAIT 1 30000")).Should().Be("1", "the replica has heard of all that");
            await CutOffAsync();

            var failures = await AllAsync("after", key => WriteAsync(lonely, key));

            if (lost) failures.Should().OnlyContain(static failure => failure == null);
            else failures.Should().OnlyContain(failure => failure != null && failure.MayHaveBeenWritten && failure.Message.StartsWith($"What the call wrote or found is on the primary of Redis at {_primary.Address}, but 0 of 1 replicas confirmed it within 2000 ms", StringComparison.Ordinal));
        }
        _primary.Kill();
        await _replica.CallAsync("REPLICAOF NO ONE");

        await using var successor = new RedisStateProvider(_replica.ConnectionString);
        await successor.OpenAsync(Partitions, default);
        var found = await successor.ReadAsync([.. acknowledged.Select(static key => key.Shape is StateShape.Document ? (StateRead)new DocumentRead(key) : new LogRead(key))], default);
        acknowledged.Count.Should().Be(lost ? 128 : 64);
        found.Count(static content => content is null).Should().Be(lost ? 64 : 0, "of what was acknowledged");
    }

    [Test]
    public async Task CommitAsync_RepeatedWithItsId_IsConfirmedBeforeItCountsAsThere()
    {
        await using var provider = await OpenAsync(1, Confirmation);
        await using var lonely = await OpenAsync(1, NoConfirmation);
        var commit = new StateCommit(new AppendEntries(Log, [new(new byte[] { 1 }, "a")]));
        await CutOffAsync();

        await FluentActions.Awaiting(() => lonely.CommitAsync(commit, default).AsTask()).Should().ThrowAsync<StateUnavailableException>("no replica has it");
        await FluentActions.Awaiting(() => lonely.CommitAsync(commit, default).AsTask()).Should().ThrowAsync<StateUnavailableException>("it is there, but no replica has it");
        await _replica.CallAsync($"REPLICAOF 127.0.0.1 {_primary.Port}");
        await UntilAsync(async () => await _primary.CallAsync("WAIT 1 1000") == "1");

        (await provider.CommitAsync(commit, default)).IsCommitted.Should().BeFalse("its id is there, and confirmed now");
        (await _replica.CallAsync($"LLEN bp:{{{HashTags.Of(1)}}}:e:test:one")).Should().Be("1");
        var shown = new List<StateKey>();
        await foreach (var record in provider.ExportAsync(default)) shown.Add(record.Key);
        shown.Should().Equal(Log);
    }

    [Test]
    public async Task CommitAsync_WaitsForReplicas_ReadsGoOnAndABrokenConnectionLeavesItUnknown()
    {
        await using var provider = await OpenAsync(1, Confirmation);
        await provider.CommitAsync(new(new AppendEntries(Log, [new(new byte[] { 1 }, "a")])), default);
        await _replica.CallAsync("REPLICAOF 127.0.0.1 1");

        var commit = provider.CommitAsync(new(new AppendEntries(Log, [new(new byte[] { 2 }, "b")])), default).AsTask();
        await UntilAsync(async () => (await _primary.CallAsync("INFO clients")).Contains("blocked_clients:1", StringComparison.Ordinal));
        var read = await provider.ReadAsync(new LogRead(Log));
        commit.IsCompleted.Should().BeFalse("no replica confirms it");
        await _primary.CallAsync("CLIENT KILL TYPE normal SKIPME yes");

        read!.Entries.Select(static entry => entry.Id).Should().Equal("a", "b");
        var unknown = (await FluentActions.Awaiting(() => commit.WaitAsync(Limit)).Should().ThrowAsync<StateUnavailableException>()).Which;
        unknown.MayHaveBeenWritten.Should().BeTrue();
        unknown.Message.Should().Contain("on the primary");
    }

    [Test]
    public async Task OpenAsync_UserMayNotWait_IsRefusedAtOnceAndWithTheRightWorks()
    {
        await _primary.CallAsync("ACL SETUSER app on >s3cret ~* &* +@all -wait");
        RedisStateProvider Provider() => new($"{_primary.ConnectionString},user=app,password=s3cret", new() { MinReplicas = 1, ReplicaTimeout = TimeSpan.FromSeconds(15) });
        await using (var refused = Provider())
            (await FluentActions.Awaiting(() => refused.OpenAsync(Partitions, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which.Message.Should().Contain("permission");

        await _primary.CallAsync("ACL SETUSER app +wait");
        await using var provider = Provider();
        await provider.OpenAsync(Partitions, default);
        (await provider.CommitAsync(new(new AppendEntries(Log, [new(new byte[] { 1 })])), default)).IsCommitted.Should().BeTrue();
    }

    [Test]
    public void Provider_WaitsLongerThanItsConnection_IsRefused() =>
        FluentActions.Invoking(() => new RedisStateProvider("localhost:1,asyncTimeout=1000", new() { MinReplicas = 1 })).Should().Throw<ArgumentException>().WithMessage("*ReplicaTimeout*asyncTimeout*");

    [TestCase(-1, 1)]
    [TestCase(101, 1)]
    [TestCase(1, 0)]
    [TestCase(1, 61)]
    public void Provider_SettingOutOfRange_IsRefused(int minReplicas, int seconds) =>
        FluentActions.Invoking(() => new RedisStateProvider("localhost:1", new() { MinReplicas = minReplicas, ReplicaTimeout = TimeSpan.FromSeconds(seconds) })).Should().Throw<ArgumentException>();

    private async Task<RedisStateProvider> OpenAsync(int minReplicas, TimeSpan timeout)
    {
        var provider = new RedisStateProvider($"{_primary.ConnectionString},asyncTimeout=60000", new() { MinReplicas = minReplicas, ReplicaTimeout = timeout });
        await provider.OpenAsync(Partitions, default);
        return provider;
    }

    private static Task<StateUnavailableException?[]> AllAsync(string name, Func<StateKey, Task<StateUnavailableException?>> write) =>
        Task.WhenAll(Enumerable.Range(0, 64).Select(n => write(new(n % Partitions, n % 3 == 0 ? StateShape.Document : StateShape.Log, "test", $"{name} {n}"))));

    private async Task CutOffAsync()
    {
        await _replica.CallAsync("REPLICAOF 127.0.0.1 1");
        await UntilAsync(async () => (await _primary.CallAsync("INFO replication")).Contains("connected_slaves:0", StringComparison.Ordinal));
    }

    private static Task UntilAsync(Func<Task<bool>> isSo) => Poll.UntilAsync(isSo, Limit);
}
