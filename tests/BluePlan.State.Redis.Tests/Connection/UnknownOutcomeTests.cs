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
        await using var patient = Host(server.ConnectionString);
        // On a busy machine also other calls of this host may take longer than it waits, so it repeats them as well.
        await using var impatient = Host($"{server.ConnectionString},asyncTimeout=2000");
        var state = patient.GetRequiredService<IBluePlanState>();
        var conversation = await state.History.CreateAsync("alice", "Weather");
        var (usage, history) = (impatient.GetRequiredService<IBluePlanState>().TokenUsage, impatient.GetRequiredService<IBluePlanState>().History);
        Task RecordAsync(string id, string user) => usage.RecordAsync(new() { RequestId = id, UserId = user, SessionId = "s", Model = "gpt-5", InputTokens = 10, OutputTokens = 5 });
        Task AppendAsync(string id) => history.AppendAsync(conversation.Id, [HistoryMessage.User("Will it rain?") with { Id = id }]);
        await RepeatedAsync(() => RecordAsync("request 0", "bob"));
        await RepeatedAsync(() => AppendAsync("message 0"));

        await server.CallAsync("CLIENT PAUSE 60000 WRITE");
        Task[] calls = [RecordAsync("request 1", "alice"), AppendAsync("message 1")];
        foreach (var call in calls)
            (await FluentActions.Awaiting(() => call).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue("it was sent");
        await server.CallAsync("CLIENT UNPAUSE");
        await RepeatedAsync(() => RecordAsync("request 1", "alice"));
        await RepeatedAsync(() => AppendAsync("message 1"));

        (await state.TokenUsage.GetTotalsAsync(UsageScope.User("alice"), UsageRange.Today)).All.Requests.Should().Be(1);
        (await state.History.ReadAsync(conversation.Id)).Select(static message => message.Id).Should().Equal("message 0", "message 1");
    }

    private static ServiceProvider Host(string connectionString) => new ServiceCollection().AddBluePlanState(state => state.UseRedis(connectionString)).Services.BuildServiceProvider();

    private static Task RepeatedAsync(Func<Task> call) => Poll.UntilAvailableAsync(call, TimeSpan.FromSeconds(40));
}
