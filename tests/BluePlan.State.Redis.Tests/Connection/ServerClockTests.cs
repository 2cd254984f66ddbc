using System.Text.Json.Nodes;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>Times are the server's, however wrong the clock of this process is, and when it is set.</summary>
[TestFixture]
public sealed class ServerClockTests
{
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(5);

    [Test]
    public async Task Times_ClockOfThisProcessIsOff_AreTheServers([Values(26, -3)] int hours, [Values] bool isSetAfterOpening)
    {
        using var server = await TestServers.StartRedisAsync();
        var clock = new WrongClock();
        if (!isSetAfterOpening) clock.Offset = TimeSpan.FromHours(hours);
        await using var services = new ServiceCollection().AddSingleton<TimeProvider>(clock)
            .AddBluePlanState(state => state.UseRedis(server.ConnectionString).UseBackups(_ => new Conformance.MemoryBackupTarget())).Services.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();
        if (isSetAfterOpening)
        {
            await state.Store.ExistsAsync("any", "key");
            clock.Offset = TimeSpan.FromHours(hours);
        }
        var (hour, now) = (StateExpiry.After(TimeSpan.FromHours(1)), TimeProvider.System.GetUtcNow());
        void AssertNow(DateTimeOffset? time, int hoursAhead = 0) => time.Should().BeCloseTo(now.AddHours(hoursAhead), Near);

        var session = await state.Sessions.CreateAsync("ann", new JsonObject());
        AssertNow(session.ExpiresAt, 1);
        AssertNow(session.CreatedAt);
        AssertNow(session.LastActivityAt);
        AssertNow((await state.Sessions.GetAsync<JsonObject>(session.Id))!.ExpiresAt, 1);
        AssertNow((await state.Sessions.PeekAsync<JsonObject>(session.Id))!.LastActivityAt);
        var updated = await state.Sessions.UpdateAsync<JsonObject>(session.Id, static s => s);
        AssertNow(updated!.ExpiresAt, 1);
        AssertNow(updated.LastActivityAt);
        var rotated = await state.Sessions.PeekAsync<JsonObject>((await state.Sessions.RotateAsync(session.Id))!);
        AssertNow(rotated!.ExpiresAt, 1);
        AssertNow(rotated.LastActivityAt);
        AssertNow((await state.Sessions.ListAsync<JsonObject>("ann")).Items[0].ExpiresAt, 1);
        AssertNow((await state.Sessions.CreateAsync("ann", new JsonObject(), new() { Expiry = hour })).ExpiresAt, 1);
        AssertNow((await state.Sessions.CreateAsync("ann", new JsonObject(), new() { Expiry = StateExpiry.Sliding(TimeSpan.FromHours(2), TimeSpan.FromHours(1)) })).ExpiresAt, 1);

        AssertNow((await state.Store.UpdateAsync<int>("c", "k", static v => v + 1, hour)).ExpiresAt, 1);
        await state.Store.ExpireAsync("c", "k", StateExpiry.Sliding(TimeSpan.FromHours(2)));
        AssertNow((await state.Store.UpdateAsync<int>("c", "k", static v => v + 1)).ExpiresAt, 2);
        AssertNow((await state.Store.GetAsync<int>("c", "k"))!.ExpiresAt, 2);
        (await state.Store.CleanupAsync()).Should().Be(0);

        AssertNow((await state.Config.SaveAsync("chat", 1)).SavedAt);
        AssertNow((await state.Config.BackupAsync("one")).CreatedAt);
        var conversation = await state.History.CreateAsync("ann");
        AssertNow(conversation.CreatedAt);
        AssertNow(conversation.LastActivityAt);
        AssertNow((await state.History.AppendAsync(conversation.Id, [HistoryMessage.User("hi")]))[0].CreatedAt);
        AssertNow((await state.History.EditAsync(conversation.Id, 1, static m => m with { Text = "hello" }))!.EditedAt);
        AssertNow((await state.History.ListAsync("ann")).Items[0].LastActivityAt);

        await state.TokenUsage.RecordAsync(new() { RequestId = "1", UserId = "ann", Model = "m", InputTokens = 3 });
        AssertNow((await state.TokenUsage.ListAsync("ann")).Items[0].At);
        (await state.TokenUsage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.InputTokens.Should().Be(3);
        (await state.TokenUsage.GetDashboardAsync()).Day.Should().BeOneOf(DateOnly.FromDateTime(now.UtcDateTime), DateOnly.FromDateTime(now.UtcDateTime.AddSeconds(30)));

        AssertNow((await state.Backups.CreateAsync()).CreatedAt);
        (await state.MaintainAsync()).Sessions.Should().Be(0);
        var restored = await state.Backups.RestoreAsync((await state.Backups.ListAsync())[0].Id, new() { Parts = StateParts.Sessions, Mode = RestoreMode.Replace });
        restored.KeysExpired.Should().Be(0, "nothing is judged by a wrong clock");
        (await state.Sessions.ListAsync<JsonObject>("ann")).Items.Should().HaveCount(3);
    }

    private sealed class WrongClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
