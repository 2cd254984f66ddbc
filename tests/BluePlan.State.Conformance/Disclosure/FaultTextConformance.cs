using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>What goes wrong is told without content, names of users, ids and keys: neither in the messages of exceptions nor in log lines. The exceptions have them in their properties.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class FaultTextConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const string Secret = "s3cret";
    private const string Name = Secret + "@example.com";

    private static readonly Dictionary<string, Func<IBluePlanState, IStateProvider, Task>> Faults = new()
    {
        ["request recorded with other values"] = async (state, _) =>
        {
            await state.TokenUsage.RecordAsync(Usage() with { InputTokens = 1 });
            await state.TokenUsage.RecordAsync(Usage() with { InputTokens = 2 });
        },
        ["tag too long"] = (state, _) => state.TokenUsage.RecordAsync(Usage() with { Tags = new Dictionary<string, string> { [Name] = new('s', 5000) } }),
        ["place in the records"] = (state, _) => state.TokenUsage.ListAsync(Name, after: Name),
        ["key that must be new"] = async (state, _) =>
        {
            await state.Store.SetAsync(Name, Name, Name);
            await state.Store.SetAsync(Name, Name, Name, condition: StateCondition.IfAbsent);
        },
        ["value of another type"] = async (state, _) =>
        {
            await state.Store.SetAsync(Name, Name, new Dictionary<string, string> { [Name] = Name });
            await state.Store.GetAsync<Dictionary<string, int>>(Name, Name);
        },
        ["field that is text, counted"] = async (state, _) =>
        {
            await state.Store.SetFieldAsync(Name, Name, Name, Name);
            await state.Store.IncrementFieldAsync(Name, Name, Name);
        },
        ["field that is a counter, read as text"] = async (state, _) =>
        {
            await state.Store.IncrementFieldAsync(Name, Name, Name);
            await state.Store.GetFieldAsync<string>(Name, Name, Name);
        },
        ["field that slides"] = async (state, _) =>
        {
            await state.Store.SetAsync(Name, Name, Name, StateExpiry.Sliding(TimeSpan.FromHours(1)));
            await state.Store.SetFieldAsync(Name, Name, Name, Name);
        },
        ["place in the keys"] = (state, _) => state.Store.ListKeysAsync(Name, after: Name),
        ["version of a config"] = async (state, _) =>
        {
            await state.Config.SaveAsync(Name, Name);
            await state.Config.SaveAsync(Name, Name, expectedVersion: 7);
        },
        ["version of a config that is not kept"] = (state, _) => state.Config.RollbackAsync(Name, 7),
        ["config of another type"] = async (state, _) =>
        {
            await state.Config.SaveAsync(Name, new Dictionary<string, string> { [Name] = Name });
            await state.Config.LoadAsync<Dictionary<string, int>>(Name);
        },
        ["backup of configs that is not there"] = (state, _) => state.Config.RestoreAsync(Name),
        ["backup of configs that is there"] = async (state, _) =>
        {
            await state.Config.BackupAsync(Name);
            await state.Config.BackupAsync(Name);
        },
        ["lock that is held"] = async (state, _) =>
        {
            await state.Locks.AcquireAsync(Name);
            await state.Locks.AcquireAsync(Name, TimeSpan.Zero);
        },
        ["session that must be new"] = async (state, _) =>
        {
            await state.Sessions.CreateAsync(Name, Name, new() { HostSessionId = Name });
            await state.Sessions.CreateAsync(Name, Name, new() { HostSessionId = Name });
        },
        ["session of another type"] = async (state, _) =>
        {
            var session = await state.Sessions.CreateAsync(Name, new Dictionary<string, string> { [Name] = Name });
            await state.Sessions.GetAsync<Dictionary<string, int>>(session.Id);
        },
        ["place in the sessions"] = (state, _) => state.Sessions.ListAsync<string>(Name, after: Name),
        ["patch that is too deep"] = async (state, _) =>
        {
            var session = await state.Sessions.CreateAsync(Name, Name);
            JsonNode patch = Name;
            for (var depth = 0; depth < 100; depth++) patch = new JsonObject { [Name] = patch };
            await state.Sessions.PatchAsync(session.Id, (JsonObject)patch);
        },
        ["conversation that is not there"] = (state, _) => state.History.AppendAsync(new('0', 36), [HistoryMessage.User(Name)]),
        ["message without a role"] = async (state, _) => await state.History.AppendAsync((await state.History.CreateAsync(Name)).Id, [new() { Role = "", Text = Name }]),
        ["place in the conversations"] = (state, _) => state.History.ListAsync(Name, after: Name),
        ["backup that is not there"] = (state, _) => state.Backups.RestoreAsync(Name),
        ["name that is too long"] = (state, _) => state.Store.SetAsync(string.Concat(Enumerable.Repeat(Name, 100)), Name, 1),
        ["name with half a character"] = (state, _) => state.Store.SetAsync(Name + "\ud800", Name, 1),
        ["operation on a key of another shape"] = (_, _) => Task.Run(() => new AppendEntries(new(0, StateShape.Document, "data", Name), [new(default)])),
        ["name twice"] = (_, _) => Task.Run(() => new RemoveMembers(new(0, StateShape.Index, "data-keys", Name), [Name, Name])),
        ["name twice in a read"] = (_, _) => Task.Run(() => new MapRead(new(0, StateShape.Map, "data-fields", Name), [Name, Name])),
        ["id twice"] = (_, _) => Task.Run(() => new AppendEntries(new(0, StateShape.Log, "messages", Name), [new(default, Name), new(default, Name)])),
        ["key written twice"] = (_, _) => Task.Run(() => new StateCommit(new DeleteKey(new(0, StateShape.Document, "data", Name)), new DeleteKey(new(0, StateShape.Document, "data", Name)))),
        ["key of a partition that is not there"] = async (state, provider) =>
        {
            await state.Store.ExistsAsync("a", "b");
            await provider.CommitAsync(new(new DeleteKey(new(900, StateShape.Document, "data", Name))), default);
        },
        ["counter that would pass its limit"] = async (state, provider) =>
        {
            await state.Store.ExistsAsync("a", "b");
            var key = new StateKey(0, StateShape.Map, "data-fields", Name);
            for (var time = 0; time < 2; time++) await provider.CommitAsync(new(new IncrementFields(key, [new(Name, new long[] { (1L << 53) - 1 })])), default);
        },
        ["bytes that were counters"] = async (state, provider) =>
        {
            await state.Store.ExistsAsync("a", "b");
            var key = new StateKey(0, StateShape.Map, "data-fields", Name);
            await provider.CommitAsync(new(new SetFields(key, [new(Name, new(Encoding.UTF8.GetBytes(Name)))])), default);
            await provider.CommitAsync(new(new IncrementFields(key, [new(Name, new long[] { 1 })])), default);
        },
        ["value that was damaged"] = async (state, provider) =>
        {
            StateKey? key = null;
            ((InterceptingProvider)provider).OnCommit = (commit, next) =>
            {
                key ??= commit.Operations[0].Key;
                return next();
            };
            await state.Store.SetAsync(Name, Name, Name);
            await provider.CommitAsync(new(new PutDocument(key!.Value, Encoding.UTF8.GetBytes("\u0001\u0001\0\0{" + Name), StateExpiry.Never)), default);
            await state.Store.GetAsync<string>(Name, Name);
        },
    };

    private readonly ConcurrentQueue<string> _lines = new();

    private static IEnumerable<string> FaultNames => Faults.Keys;

    /// <inheritdoc/>
    protected override void Configure(BluePlanStateBuilder builder) => builder.Services.AddSingleton(_lines).AddSingleton(typeof(ILogger<>), typeof(LineLogger<>));

    [TestCaseSource(nameof(FaultNames))]
    public async Task Fault_SecretsAllOver_TellsNone(string fault)
    {
        Exception? thrown = null;
        try
        {
            await Faults[fault](State, Provider);
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        thrown.Should().NotBeNull();
        LineLogger.OwnMessages(thrown).Should().NotContain(message => message.Contains(Secret));
        _lines.Should().NotContain(line => line.Contains(Secret));
    }

    [Test]
    public async Task Maintenance_StraysWithSecrets_LogsNone()
    {
        await State.TokenUsage.RecordAsync(Usage());
        foreach (var type in new[] { "session-expiry", "usage-pending", "usage-tenants" })
            await Provider.CommitAsync(new(new SetScores(new(0, StateShape.Index, type, "all"), [new(Name, 1)])), default);

        await State.MaintainAsync();

        _lines.Should().HaveCount(3).And.NotContain(line => line.Contains(Secret));
    }

    private static TokenUsage Usage() => new() { RequestId = Name, UserId = Name, SessionId = Name, Model = "m" };
}
