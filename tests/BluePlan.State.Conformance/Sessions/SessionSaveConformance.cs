using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds the session manager to saves of what was read before, which a change in between refuses, and to ETags that say what changed.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionSaveConformance<THarness> : SessionFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task SaveAsync_UnchangedSinceItWasRead_WritesAndSlides()
    {
        var created = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        await AdvanceAsync(4);
        var session = (await Sessions.GetAsync<ChatState>(created.Id))!;
        await AdvanceAsync(4);
        var begin = Now;

        var saved = (await Sessions.SaveAsync(session with { Data = new("saved", 1) }))!;

        saved.Data.Should().Be(new ChatState("saved", 1));
        (saved.Id, saved.Handle, saved.UserId, saved.CreatedAt).Should().Be((created.Id, created.Handle, "ann", created.CreatedAt));
        saved.ETag.Should().NotBe(session.ETag);
        AssertSince(saved.LastActivityAt, begin);
        AssertSince(saved.ExpiresAt, begin, Tick * 6);
        AssertSame(await Sessions.PeekAsync<ChatState>(created.Id), saved);
    }

    [Test]
    public async Task SaveAsync_WhatAnyCallReturned_HasTheRightETag()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        session = (await Sessions.SaveAsync(session with { Data = new("created", 1) }))!;
        session = (await Sessions.SaveAsync(session with { Data = new("saved", 2) }))!;
        session = (await Sessions.UpdateAsync<ChatState>(session.Id, static s => s with { Turns = s.Turns + 1 }))!;
        session = (await Sessions.SaveAsync(session with { Data = new("updated", session.Data.Turns) }))!;
        session = (await Sessions.PeekAsync<ChatState>(session.Id))!;
        session = (await Sessions.SaveAsync(session with { Data = session.Data with { Turns = session.Data.Turns + 1 } }))!;
        session = (await Sessions.GetAsync<ChatState>((await Sessions.RotateAsync(session.Id, "bob"))!))!;
        session = (await Sessions.SaveAsync(session with { Data = session.Data with { Topic = "rotated" } }))!;

        (await Sessions.PeekAsync<ChatState>(session.Id))!.Data.Should().Be(new ChatState("rotated", 4));
    }

    [Test]
    public async Task SaveAsync_ChangedSinceItWasRead_ThrowsConflictAndWritesNothing([Values("update", "patch", "status", "save")] string change, [Values] bool betweenItsReadAndItsWrite)
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        var other = (await JoinAsync()).Sessions;
        async Task ChangeAsync() => (await (change switch
        {
            "update" => Done(other.UpdateAsync<ChatState>(session.Id, static s => s with { Turns = 7 })),
            "patch" => other.PatchAsync(session.Id, new JsonObject { ["Turns"] = 7 }),
            "status" => other.SetStatusAsync(session.Id, SessionStatus.Closed),
            _ => Done(other.SaveAsync(session with { Data = new("theirs", 7) })),
        })).Should().BeTrue();
        if (betweenItsReadAndItsWrite) Provider.BeforeNextCommit(ChangeAsync);
        else await ChangeAsync();

        var thrown = (await FluentActions.Awaiting(() => Sessions.SaveAsync(session with { Data = new("ours", 1) })).Should().ThrowAsync<StateConflictException>()).Which;

        var now = (await Sessions.PeekAsync<ChatState>(session.Id))!;
        (thrown.Expected, thrown.Actual, thrown.Key).Should().Be((session.ETag.ToString(), now.ETag.ToString(), $"session {session.Handle}"));
        thrown.Message.Should().NotContain(session.Id[..36]).And.NotContain(session.Handle).And.NotContain("ann").And.NotContain("ours");
        now.Data.Turns.Should().Be(change == "status" ? 0 : 7);
        now.Data.Topic.Should().NotBe("ours");
    }

    [Test]
    public async Task SaveAsync_OnlyReadSinceItWasRead_IsNoConflict()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        await AdvanceAsync(2);
        (await Sessions.GetAsync<ChatState>(session.Id))!.ETag.Should().Be(session.ETag);
        await Sessions.ListAsync<ChatState>("ann");

        (await Sessions.SaveAsync(session with { Data = new("saved", 1) })).Should().NotBeNull();
    }

    [Test]
    public async Task SaveAsync_Gone_IsNullAndWritesNothing([Values("deleted", "deleted before its write", "expired", "rotated")] string how)
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(3) });
        var other = (await JoinAsync()).Sessions;
        if (how == "deleted") await other.DeleteAsync(session.Id);
        if (how == "deleted before its write") Provider.BeforeNextCommit(() => other.DeleteAsync(session.Id));
        if (how == "rotated") await other.RotateAsync(session.Id, "bob");
        if (how == "expired") await AdvanceAsync(4);

        (await Sessions.SaveAsync(session with { Data = new("saved", 1) })).Should().BeNull();

        (await Sessions.PeekAsync<ChatState>(session.Id)).Should().BeNull();
        (await ListAsync("ann")).Should().BeEmpty();
        (await ReadTextsAsync()).Should().NotContain(static text => text.Contains("saved"));
    }

    [Test]
    public async Task SaveAsync_OtherMembersChanged_AreNotWritten()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        var changed = session with { Data = new("saved", 1), UserId = "eve", Handle = new('0', 32), Status = SessionStatus.Closed, CreatedAt = default, LastActivityAt = default, ExpiresAt = null };

        var saved = (await Sessions.SaveAsync(changed))!;

        (saved.UserId, saved.Handle, saved.Status, saved.CreatedAt).Should().Be(("ann", session.Handle, SessionStatus.Active, session.CreatedAt));
        AssertSame(await Sessions.PeekAsync<ChatState>(session.Id), saved);
    }

    [Test]
    public async Task SaveAsync_WithAnAbsoluteEnd_KeepsIt()
    {
        var begin = Now;
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6, absoluteTimeout: 9) });
        await AdvanceAsync(4);

        AssertSince((await Sessions.SaveAsync(session))!.ExpiresAt, begin, Tick * 9);

        AssertSince((await Sessions.PeekAsync<ChatState>(session.Id))!.ExpiresAt, begin, Tick * 9);
    }

    [Test]
    public async Task SaveAsync_ReplyLost_SaysSoAndASecondTryIsAConflictWithWhatItWrote()
    {
        var session = await Sessions.CreateAsync("ann", Hello) with { Data = new("saved", 1) };
        Provider.LoseNextReply();

        (await FluentActions.Awaiting(() => Sessions.SaveAsync(session)).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();

        var thrown = (await FluentActions.Awaiting(() => Sessions.SaveAsync(session)).Should().ThrowAsync<StateConflictException>()).Which;
        var now = (await Sessions.PeekAsync<ChatState>(session.Id))!;
        (thrown.Actual, now.Data).Should().Be((now.ETag.ToString(), session.Data));
    }

    [Test]
    public async Task SaveAsync_Any_IsOneReadAndOneCommit()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        Provider.ResetCounts();

        await Sessions.SaveAsync(session);

        (Provider.Reads, Provider.Commits).Should().Be((1, 1));
    }

    [Test]
    public async Task SaveAsync_LacksSomething_ThrowsArgument()
    {
        var session = await Sessions.CreateAsync("ann", Hello);

        foreach (var lacking in new[] { null, session with { Id = "" }, session with { ETag = default }, session with { Data = null! } })
            FluentActions.Invoking(() => { _ = Sessions.SaveAsync(lacking!); }).Should().Throw<ArgumentException>().WithParameterName("session");
        (await Sessions.SaveAsync(session with { Id = "garbage" })).Should().BeNull();
    }

    [Test]
    public async Task ETag_EachCall_TellsOfWritesAlone()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        await AdvanceAsync(1);

        session.ETag.IsEmpty.Should().BeFalse();
        (await Sessions.GetAsync<ChatState>(session.Id))!.ETag.Should().Be(session.ETag);
        (await Sessions.PeekAsync<ChatState>(session.Id))!.ETag.Should().Be(session.ETag);
        (await Sessions.ListAsync<ChatState>("ann")).Items[0].ETag.Should().Be(session.ETag);
        var seen = new HashSet<StateETag> { session.ETag };
        foreach (var write in new Func<Task>[] { () => Sessions.UpdateAsync<ChatState>(session.Id, static s => s), () => Sessions.PatchAsync(session.Id, []), () => Sessions.SetStatusAsync(session.Id, SessionStatus.Active) })
        {
            await write();
            seen.Add((await Sessions.PeekAsync<ChatState>(session.Id))!.ETag).Should().BeTrue("every write makes a new one");
        }
    }

    [Test]
    public async Task Json_OfASession_HasItsETagAndNotItsId()
    {
        var session = await Sessions.CreateAsync("ann", Hello);

        var json = JsonSerializer.Serialize(session);

        json.Should().Contain($"\"ETag\":\"{session.ETag}\"").And.NotContain(session.Id[4..36]);
        var read = JsonSerializer.Deserialize<Session<ChatState>>(json)!;
        read.Should().Be(session with { Id = "" });
        (await Sessions.SaveAsync(read with { Id = session.Id, Data = new("from JSON", 1) })).Should().NotBeNull();
    }

    private static async Task<bool> Done(Task<Session<ChatState>?> change) => await change is not null;
}
