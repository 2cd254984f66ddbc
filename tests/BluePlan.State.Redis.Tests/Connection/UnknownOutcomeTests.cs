using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>What a host does when a call's outcome is unknown: it repeats it with the same id.</summary>
[TestFixture]
public sealed class UnknownOutcomeTests
{
    [Test]
    public async Task RecordAndAppend_RepeatedWithTheirIdsAfterAnUnknownOutcome_CountOnce()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis($"{server.Address},asyncTimeout=500")).Services.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();
        var conversation = await state.History.CreateAsync("alice", "Weather");
        await state.TokenUsage.RecordAsync(new() { RequestId = "request 0", UserId = "bob", SessionId = "s", Model = "gpt-5", InputTokens = 1, OutputTokens = 1 });
        await state.History.AppendAsync(conversation.Id, [HistoryMessage.User("Good morning.") with { Id = "message 0" }]);
        Task RecordAsync() => state.TokenUsage.RecordAsync(new() { RequestId = "request 1", UserId = "alice", SessionId = "s", Model = "gpt-5", InputTokens = 10, OutputTokens = 5 });
        Task AppendAsync() => state.History.AppendAsync(conversation.Id, [HistoryMessage.User("Will it rain?") with { Id = "message 1" }]);

        await server.CallAsync("CLIENT PAUSE 60000 WRITE");
        foreach (var call in (Func<Task>[])[RecordAsync, AppendAsync])
            (await FluentActions.Awaiting(call).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue("it was sent");
        await server.CallAsync("CLIENT UNPAUSE");
        await RecordAsync();
        await AppendAsync();

        (await state.TokenUsage.GetTotalsAsync(UsageScope.User("alice"), UsageRange.Today)).All.Requests.Should().Be(1);
        (await state.History.ReadAsync(conversation.Id)).Select(static message => message.Id).Should().Equal("message 0", "message 1");
    }
}
