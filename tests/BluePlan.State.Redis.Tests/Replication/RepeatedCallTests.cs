using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>A call that no replica confirmed is repeated. That there is nothing left to do is an answer like others: a failover would undo what it tells, unless a replica holds it.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RepeatedCallTests
{
    private const string User = "alice";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    // What a replica has to confirm a commit, also on a busy machine; when there is none each call takes once to twice that.
    private static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(1);

    private TestServer _primary = null!;
    private TestServer _replica = null!;
    private ServiceProvider _services = null!;

    /// <summary>What is done once and then again. The first call of each makes what it is done to, and gives the call.</summary>
    private static readonly Dictionary<string, Func<IBluePlanState, Task<Func<Task<object?>>>>> Calls = new()
    {
        ["sessions.Delete"] = async state =>
        {
            var session = await state.Sessions.CreateAsync(User, 1);
            return async () => await state.Sessions.DeleteAsync(session.Id);
        },
        ["sessions.Revoke"] = async state =>
        {
            await state.Sessions.CreateAsync(User, 1);
            var handle = (await state.Sessions.ListAsync<int>(User)).Items[0].Handle;
            return async () => await state.Sessions.RevokeAsync(User, handle);
        },
        ["sessions.DeleteAll"] = async state =>
        {
            await state.Sessions.CreateAsync(User, 1);
            return async () => await state.Sessions.DeleteAllAsync(User);
        },
        ["sessions.Rotate"] = async state =>
        {
            var session = await state.Sessions.CreateAsync(User, 1);
            return async () => await state.Sessions.RotateAsync(session.Id);
        },
        ["sessions.Rotate to another user"] = async state =>
        {
            var session = await state.Sessions.CreateAsync(User, 1);
            await state.Sessions.DeleteAsync(session.Id);
            return async () => await state.Sessions.RotateAsync(session.Id, "bob");
        },
        ["sessions.SetStatus of one that is gone"] = async state =>
        {
            var session = await state.Sessions.CreateAsync(User, 1);
            await state.Sessions.DeleteAsync(session.Id);
            return async () => await state.Sessions.SetStatusAsync(session.Id, SessionStatus.Closed);
        },
        ["history.Edit"] = async state =>
        {
            var id = await ConversationAsync(state);
            return async () => await state.History.EditAsync(id, 1, static message => message with { Text = "[redacted]" });
        },
        ["history.Edit of one that is gone"] = async state =>
        {
            var id = await ConversationAsync(state);
            return async () => await state.History.EditAsync(id, 17, static message => message);
        },
        ["history.Remove"] = async state =>
        {
            var id = await ConversationAsync(state);
            return async () => await state.History.RemoveAsync(id, MessageRange.All);
        },
        ["history.Delete"] = async state =>
        {
            var id = await ConversationAsync(state);
            return async () => await state.History.DeleteAsync(id);
        },
        ["history.DeleteAll"] = async state =>
        {
            await ConversationAsync(state);
            return async () => await state.History.DeleteAllAsync(User);
        },
        ["history.Rename of one that is gone"] = async state =>
        {
            var id = await ConversationAsync(state);
            await state.History.DeleteAsync(id);
            return async () => await state.History.RenameAsync(id, "Rain");
        },
        ["config.Delete"] = async state =>
        {
            await state.Config.SaveAsync("chat", 1);
            return async () => await state.Config.DeleteAsync("chat");
        },
        ["config.Restore"] = async state =>
        {
            await state.Config.SaveAsync("chat", 1);
            await state.Config.BackupAsync("all");
            return async () => await state.Config.RestoreAsync("all");
        },
        ["config.DeleteBackup"] = async state =>
        {
            await state.Config.SaveAsync("chat", 1);
            await state.Config.BackupAsync("all");
            return async () => await state.Config.DeleteBackupAsync("all");
        },
        ["store.Delete"] = async state =>
        {
            await state.Store.SetAsync("drafts", "one", 1);
            return async () => await state.Store.DeleteAsync("drafts", "one");
        },
        ["store.Expire"] = async state =>
        {
            await state.Store.SetAsync("drafts", "one", 1);
            return async () => await state.Store.ExpireAsync("drafts", "one", StateExpiry.After(TimeSpan.FromMilliseconds(1)));
        },
        ["store.RemoveField"] = async state =>
        {
            await state.Store.IncrementFieldAsync("pages", "one", "visits");
            return async () => await state.Store.RemoveFieldAsync("pages", "one", "visits");
        },
        ["lease.Release"] = async state =>
        {
            var lease = await state.Locks.AcquireAsync("nightly", TimeSpan.FromMinutes(1));
            return async () => await lease.ReleaseAsync();
        },
    };

    private static IEnumerable<string> Names => Calls.Keys;

    [SetUp]
    public async Task StartAsync()
    {
        _primary = await TestServers.StartRedisAsync("--repl-diskless-sync-delay", "0");
        _replica = await TestServers.StartRedisAsync("--replicaof", "127.0.0.1", $"{_primary.Port}");
        await TestReplication.UntilReplicaAsync(_replica);
        _services = Services();
    }

    [TearDown]
    public async Task EndAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        _primary?.Dispose();
        _replica?.Dispose();
    }

    [TestCaseSource(nameof(Names))]
    public async Task Call_RepeatedWhileNoReplicaConfirms_AnswersOnlyOnceOneDoes(string name)
    {
        var state = _services.GetRequiredService<IBluePlanState>();
        var call = await Poll.UntilAvailableAsync(() => Calls[name](state), Limit);
        await _replica.CallAsync("REPLICAOF 127.0.0.1 1");
        await Poll.UntilAsync(async () => (await _primary.CallAsync("INFO replication")).Contains("connected_slaves:0", StringComparison.Ordinal), Limit);

        for (var attempt = 1; attempt <= 3; attempt++)
            (await FluentActions.Awaiting(call).Should().ThrowAsync<StateUnavailableException>("attempt {0} is confirmed by nobody", attempt)).Which.MayHaveBeenWritten.Should().BeTrue();

        await _replica.CallAsync($"REPLICAOF 127.0.0.1 {_primary.Port}");
        await TestReplication.UntilReplicaAsync(_replica);
        await Poll.UntilAvailableAsync(call, Limit);
    }

    [Test]
    public async Task Delete_RepeatedByAnotherWhileMemoryIsFull_AnswersOnlyOnceAReplicaConfirms()
    {
        var state = _services.GetRequiredService<IBluePlanState>();
        await using var others = Services();
        var other = others.GetRequiredService<IBluePlanState>();
        await Poll.UntilAvailableAsync(() => state.Store.SetAsync("drafts", "one", 1), Limit);
        await Poll.UntilAvailableAsync(() => other.Store.SetAsync("drafts", "two", 1), Limit);
        await TestReplication.SignalAsync(_replica, "-STOP");
        // From now on the primary takes deletions, but not the write that would ask the replica about them.
        await _primary.CallAsync("CONFIG SET maxmemory 1");

        await FluentActions.Awaiting(() => state.Store.DeleteAsync("drafts", "one")).Should().ThrowAsync<StateUnavailableException>("the replica does not hear of it");
        (await FluentActions.Awaiting(() => other.Store.DeleteAsync("drafts", "one")).Should().ThrowAsync<StateUnavailableException>("what is gone on the primary alone may come back"))
            .Which.MayHaveBeenWritten.Should().BeTrue();
    }

    [Test]
    public async Task ConfigSave_VersionIsThereSinceAnAttemptThatNobodyConfirmed_IsNotToldSo()
    {
        var config = _services.GetRequiredService<IBluePlanState>().Config;
        await Poll.UntilAvailableAsync(() => config.SaveAsync("chat", 1), Limit);
        await _replica.CallAsync("REPLICAOF 127.0.0.1 1");
        await Poll.UntilAsync(async () => (await _primary.CallAsync("INFO replication")).Contains("connected_slaves:0", StringComparison.Ordinal), Limit);
        var save = () => config.SaveAsync("chat", 2, expectedVersion: 1);

        for (var attempt = 1; attempt <= 2; attempt++) await FluentActions.Awaiting(save).Should().ThrowAsync<StateUnavailableException>();

        await _replica.CallAsync($"REPLICAOF 127.0.0.1 {_primary.Port}");
        await TestReplication.UntilReplicaAsync(_replica);
        (await FluentActions.Awaiting(() => Poll.UntilAvailableAsync(save, Limit)).Should().ThrowAsync<StateConflictException>()).Which.Message.Should().Contain("2");
    }

    private ServiceProvider Services() =>
        new ServiceCollection().AddBluePlanState(state => state.UseRedis(_primary.ConnectionString, redis => (redis.MinReplicas, redis.ReplicaTimeout) = (1, Confirmation))).Services.BuildServiceProvider();

    private static async Task<string> ConversationAsync(IBluePlanState state)
    {
        var conversation = await state.History.CreateAsync(User);
        await state.History.AppendAsync(conversation.Id, [HistoryMessage.User("My number is 4711.")]);
        return conversation.Id;
    }
}
