using System.Reflection;
using System.Text.Json.Nodes;
using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Each call of each manager may be the first one: it opens the store, and only then knows where things lie.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FirstCallTests
{
    private const int PartitionCount = 4;

    private static readonly Type[] Managers =
        [typeof(ISessionManager), typeof(IHistoryManager), typeof(ITokenUsageManager), typeof(IConfigManager), typeof(IStateStore), typeof(ILockManager)];

    // So that nothing is found, and nothing fails for another reason either, unless it must exist.
    private static readonly Dictionary<string, object?> Names = new()
    {
        ["userId"] = "ann", ["name"] = "name", ["category"] = "category", ["key"] = "key", ["hostSessionId"] = "session", ["hostConversationId"] = "conversation", ["field"] = "field", ["backupName"] = "backup", ["title"] = "title", ["text"] = "text",
        ["version"] = 1L, ["sequence"] = 1L, ["lastSequence"] = 1L, ["value"] = "value", ["data"] = "data", ["expiry"] = StateExpiry.After(TimeSpan.FromMinutes(1)), ["timeout"] = TimeSpan.Zero,
        ["messages"] = new HistoryMessage[] { new() { Role = MessageRole.User, Text = "hi" } }, ["patch"] = new JsonObject { ["a"] = 1 }, ["status"] = default(SessionStatus), ["range"] = null, ["scope"] = UsageScope.Everyone,
        ["interval"] = UsageInterval.Hour, ["usage"] = new TokenUsage { RequestId = "r", UserId = "ann", Model = "m" },
        ["update"] = (Func<string, string>)(static old => old ?? "new"), ["edit"] = (Func<HistoryMessage, HistoryMessage>)(static old => old),
    };

    private static IEnumerable<TestCaseData> Calls() =>
        from manager in Managers from method in manager.GetMethods()
        select new TestCaseData(manager, method).SetArgDisplayNames(manager.Name, $"{method.Name}({string.Join(", ", method.GetParameters().Select(static p => p.Name))})");

    [TestCaseSource(nameof(Calls))]
    public async Task Call_FirstOneOfAStoreWhoseCountIsNotGiven_OpensItFirst(Type manager, MethodInfo method)
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var provider = new InterceptingProvider(new DictionaryStateProvider(new DictionaryStore { PartitionCount = PartitionCount }, TimeProvider.System,
            StateCapabilities.Watch | StateCapabilities.FieldConditions | StateCapabilities.Export | StateCapabilities.Import));
        await using var services = new ServiceCollection().AddBluePlanState(s => s.UseProvider(_ => provider)).Services.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();

        var call = async () => await CallAsync(services.GetRequiredService(manager), method, time.Token);

        await call();
        services.GetRequiredService<StateStorage>().PartitionCount.Should().Be(PartitionCount, "it opened the store");
        if (method.Name != nameof(ISessionManager.GetIdAsync)) (provider.Commits + provider.Reads).Should().BePositive("it asked the store");
        await state.MaintainAsync(time.Token);
    }

    [Test]
    public async Task CreateAsync_FirstCallOnANewStore_LiesWhereTheNextProcessFindsIt()
    {
        var store = new DictionaryStore();
        string id;
        await using (var first = Build(store, PartitionCount))
        {
            id = (await first.GetRequiredService<ISessionManager>().CreateAsync("ann", "hello")).Id;
        }
        await using var second = Build(store, null);

        (await second.GetRequiredService<ISessionManager>().GetAsync<string>(id))!.Data.Should().Be("hello");
    }

    private static ServiceProvider Build(DictionaryStore store, int? count) => new ServiceCollection().AddBluePlanState(s => s
        .UseProvider(_ => new DictionaryStateProvider(store, TimeProvider.System, StateCapabilities.None)).Configure(o => o.PartitionCount = count)).Services.BuildServiceProvider();

    private static async Task CallAsync(object manager, MethodInfo method, CancellationToken cancellationToken)
    {
        if (method.IsGenericMethod) method = method.MakeGenericMethod(typeof(string));
        object?[] arguments = [.. method.GetParameters().Select(parameter => Argument(method, parameter, cancellationToken))];
        try
        {
            switch (method.Invoke(manager, BindingFlags.DoNotWrapExceptions, null, arguments, null))
            {
                case Task task:
                    await task;
                    break;
                case ValueTask<string> id:
                    await id;
                    break;
                case { } stream:
                    var items = typeof(FirstCallTests).GetMethod(nameof(FirstAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(method.ReturnType.GetGenericArguments()[0]);
                    await (Task)items.Invoke(null, [stream, cancellationToken])!;
                    break;
            }
        }
        catch (StateNotFoundException)
        {
            // It was looked for.
        }
    }

    private static object? Argument(MethodInfo method, ParameterInfo parameter, CancellationToken cancellationToken) => parameter.Name switch
    {
        "cancellationToken" => cancellationToken,
        "sessionId" => SessionId.For("", "ann", "session").Text,
        "conversationId" => StateId.For("conversation", StateRoute.OfUser("", "ann"), "", "ann", "conversation"),
        "handle" => SessionId.For("", "ann", "session").Handle(""),
        "update" when method.DeclaringType == typeof(ISessionManager) => (Func<string, CancellationToken, ValueTask<string>>)(static (old, _) => new(old)),
        "session" => new Session<string> { Id = SessionId.For("", "ann", "session").Text, Handle = "", UserId = "ann", Data = "data", ETag = StateETag.New() },
        "destination" => new MemoryStream(),
        "source" => new MemoryStream("""{"messages":[{"role":"user","content":"hi"}]}"""u8.ToArray()),
        "range" => method.DeclaringType == typeof(IHistoryManager) ? default(MessageRange) : UsageRange.Today,
        _ when parameter.HasDefaultValue && parameter.Name is not ("timeout" or "status") => parameter.DefaultValue ?? (parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null),
        var name => Names.TryGetValue(name!, out var value) ? value : throw new ArgumentException($"Give an example of '{name}' of {method.Name}."),
    };

    private static async Task FirstAsync<T>(IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        await foreach (var _ in items.WithCancellation(cancellationToken)) return;
    }
}
