using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds the session manager to rotation that leaves nothing to whoever knew the old id, and to keeping ids out of the store.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionRotationConformance<THarness> : SessionFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task RotateAsync_Any_KillsTheOldIdAndKeepsTheSession([Values(null, "ann", "bob")] string? newUserId, [Values] bool hostsId)
    {
        var old = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6), HostSessionId = hostsId ? "default" : null });
        await Sessions.UpdateAsync<ChatState>(old.Id, s => s with { Turns = 3 });
        await Sessions.SetStatusAsync(old.Id, SessionStatus.Closed);
        await AdvanceAsync(4);
        var begin = Now;

        var rotated = await RotateAsync(old.Id, newUserId);

        rotated!.Id.Should().NotBe(old.Id).And.MatchRegex("^[0-9a-f]{36}-[0-9a-f]+$");
        rotated.Handle.Should().NotBe(old.Handle);
        (rotated.UserId, rotated.Data, rotated.Status, rotated.CreatedAt).Should().Be((newUserId ?? "ann", new ChatState("hello", 3), SessionStatus.Closed, old.CreatedAt));
        AssertSince(rotated.LastActivityAt, begin);
        AssertSince(rotated.ExpiresAt, begin, Tick * 6);
        (await Sessions.GetAsync<ChatState>(old.Id)).Should().BeNull();
        var read = await Sessions.PeekAsync<ChatState>(rotated.Id);
        (read!.UserId, read.Data, read.Status, read.CreatedAt).Should().Be((rotated.UserId, rotated.Data, rotated.Status, rotated.CreatedAt));
        AssertSince(read.ExpiresAt, begin, Tick * 6);
        (await ListAsync(rotated.UserId)).Should().Equal(rotated.Handle);
        if (newUserId == "bob") (await ListAsync("ann")).Should().BeEmpty();
        (await ReadTextsAsync()).Should().NotContain(text => text.Contains(old.Handle));
    }

    [Test]
    public async Task RotateAsync_AbsoluteEnd_Stays([Values("ann", "bob")] string newUserId)
    {
        var begin = Now;
        var old = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6, absoluteTimeout: 9) });
        await AdvanceAsync(4);

        var rotated = await RotateAsync(old.Id, newUserId);

        rotated!.Id.Should().HaveLength(36);
        AssertSince((await Sessions.GetAsync<ChatState>(rotated.Id))!.ExpiresAt, begin, Tick * 9);
        await AdvanceAsync(6);
        (await Sessions.GetAsync<ChatState>(rotated.Id)).Should().BeNull();
    }

    [Test]
    public async Task RotateAsync_NoExpiry_StaysWithout([Values("ann", "bob")] string newUserId)
    {
        var old = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Never });

        var rotated = await RotateAsync(old.Id, newUserId);

        (await Sessions.GetAsync<ChatState>(rotated!.Id))!.ExpiresAt.Should().BeNull();
    }

    [Test]
    public async Task RotateAsync_NewSession_SlidesAndIsCleanedUp([Values("ann", "bob")] string newUserId)
    {
        var old = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        var rotated = await RotateAsync(old.Id, newUserId);
        await AdvanceAsync(4);
        await Sessions.GetAsync<ChatState>(rotated!.Id);
        await AdvanceAsync(4);
        (await Sessions.PeekAsync<ChatState>(rotated.Id)).Should().NotBeNull();
        (await Sessions.CleanupAsync()).Should().Be(0);

        await AdvanceAsync(3);
        (await Sessions.CleanupAsync()).Should().Be(1);
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task RotateAsync_UpdatedMeanwhile_CarriesTheUpdateOver([Values("ann", "bob")] string newUserId)
    {
        var old = await Sessions.CreateAsync("ann", Hello);
        var pending = 3;
        Provider.OnCommit = async (_, commit) =>
        {
            if (pending-- > 0) await OtherUpdateAsync(old.Id);
            return await commit();
        };

        var rotated = await RotateAsync(old.Id, newUserId);

        rotated!.Data.Turns.Should().Be(3);
        (await Sessions.PeekAsync<ChatState>(rotated.Id))!.Data.Turns.Should().Be(3);
        (await ListAsync(newUserId)).Should().Equal(rotated.Handle);
    }

    [TestCase("ann", 1)]
    [TestCase("bob", 1)]
    [TestCase("bob", 2)]
    public async Task RotateAsync_DeletedMeanwhile_IsNullAndLeavesNothing(string newUserId, int commit)
    {
        var old = await Sessions.CreateAsync("ann", Hello);
        var other = (await JoinAsync()).Sessions;
        var commits = 0;
        Provider.OnCommit = async (_, go) =>
        {
            if (++commits == commit) await other.DeleteAsync(old.Id);
            return await go();
        };

        (await RotateAsync(old.Id, newUserId)).Should().BeNull();

        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task RotateAsync_CopyRevokedMeanwhile_StillEndsWithOneSession()
    {
        var old = await Sessions.CreateAsync("ann", Hello);
        var other = (await JoinAsync()).Sessions;
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            // Before the first try to delete the old one, so that the copy has to be written again and is found gone.
            if (++commits == 2)
            {
                await other.DeleteAllAsync("bob");
                await other.UpdateAsync<ChatState>(old.Id, s => s with { Turns = 1 });
            }
            return await commit();
        };

        var rotated = await RotateAsync(old.Id, "bob");

        (await Sessions.PeekAsync<ChatState>(rotated!.Id))!.Data.Turns.Should().Be(1);
        (await ListAsync("bob")).Should().Equal(rotated.Handle);
        (await Sessions.PeekAsync<ChatState>(old.Id)).Should().BeNull();
    }

    [Test]
    public async Task RotateAsync_SomebodyAlwaysFirst_ThrowsConflictAndTheOldIdLives([Values("ann", "bob")] string newUserId)
    {
        await StartAsync(static state => state.Configure(static options => options.UpdateTimeout = TimeSpan.FromMilliseconds(200)));
        var old = await Sessions.CreateAsync("ann", Hello);
        var other = (await JoinAsync()).Sessions;
        Provider.OnCommit = async (_, commit) =>
        {
            await other.UpdateAsync<ChatState>(old.Id, s => s with { Turns = s.Turns + 1 });
            return await commit();
        };

        var thrown = (await FluentActions.Awaiting(() => RotateAsync(old.Id, newUserId)).Should().ThrowAsync<StateConflictException>()).Which;

        $"{thrown.Message} {thrown.Key}".Should().NotContain(old.Id);
        Provider.OnCommit = null;
        (await Sessions.GetAsync<ChatState>(old.Id))!.Data.Turns.Should().BeGreaterThan(2);
        (await ListAsync("ann")).Should().Equal(old.Handle);
        (await ListAsync("bob")).Should().BeEmpty();
    }

    [Test]
    public async Task RotateAsync_TwoAtOnce_OneWins([Values("ann", "bob")] string newUserId)
    {
        var old = await Sessions.CreateAsync("ann", Hello);

        var rotated = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => RotateAsync(old.Id, newUserId))));

        var winner = rotated.OfType<Session<ChatState>>().Should().ContainSingle().Which;
        (await ListAsync(newUserId)).Should().Equal(winner.Handle);
        (await Sessions.GetAsync<ChatState>(old.Id)).Should().BeNull();
    }

    [Test]
    public async Task RotateAsync_ReplyLost_SaysSo()
    {
        var old = await Sessions.CreateAsync("ann", Hello);
        Provider.LoseNextReply();

        var act = () => RotateAsync(old.Id);

        (await act.Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();
        (await Sessions.GetAsync<ChatState>(old.Id)).Should().BeNull();
        (await Sessions.ListAsync<ChatState>("ann")).Items.Should().ContainSingle().Which.Data.Should().Be(Hello);
        (await Sessions.CleanupAsync()).Should().Be(0);
    }

    [Test]
    public async Task RotateAsync_TidyingFails_HasHappenedNevertheless()
    {
        var old = await Sessions.CreateAsync("ann", Hello);
        var commits = 0;
        Provider.OnCommit = (_, commit) => ++commits == 1 ? commit() : throw new StateUnavailableException("Writing is refused.", mayHaveBeenWritten: false);

        var rotated = await RotateAsync(old.Id);

        Provider.OnCommit = null;
        (await ListAsync("ann")).Should().Equal(rotated!.Handle);
        (await ReadTextsAsync()).Should().NotContain(text => text.Contains(old.Handle));
    }

    [Test]
    public async Task RotateAsync_DataOfAnyType_GivesTheNewIdAndKeepsTheData([Values(null, "ann", "bob")] string? newUserId)
    {
        var old = await Sessions.CreateAsync("ann", "just a text", new() { Expiry = Sliding(9) });

        var id = await Sessions.RotateAsync(old.Id, newUserId);

        var read = await Sessions.PeekAsync<string>(id!);
        (read!.Data, read.UserId, read.CreatedAt).Should().Be(("just a text", newUserId ?? "ann", old.CreatedAt));
        (await Sessions.PeekAsync<string>(old.Id)).Should().BeNull();
        (await Sessions.RotateAsync(old.Id, newUserId)).Should().BeNull();
    }

    [Test]
    public async Task Export_AfterEverything_HoldsNoId()
    {
        var ids = new List<string>();
        foreach (var (user, expiry, hostId) in new (string, StateExpiry?, string?)[] { ("ann", null, null), ("ann", Sliding(9, 99), null), ("bob", StateExpiry.Never, "default"), ("bob", StateExpiry.After(Tick * 9), null) })
        {
            var session = await Sessions.CreateAsync(user, Hello, new() { Expiry = expiry, HostSessionId = hostId });
            await Sessions.GetAsync<ChatState>(session.Id);
            await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 });
            await Sessions.PatchAsync(session.Id, new() { ["Turns"] = 2 });
            await Sessions.SetStatusAsync(session.Id, SessionStatus.Closed);
            ids.Add(session.Id);
            ids.Add((await RotateAsync((await Sessions.CreateAsync(user, Hello)).Id, "carl"))!.Id);
        }

        var texts = await ReadTextsAsync();

        texts.Should().HaveCountGreaterThan(16);
        foreach (var secret in ids.Select(id => id[4..36])) texts.Should().NotContain(text => text.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    [Test]
    public async Task ToString_Session_ShowsNeitherIdNorData()
    {
        var session = await Sessions.CreateAsync("ann", new ChatState("a secret", 0));

        $"{session} {(await Sessions.ListAsync<ChatState>("ann")).Items[0]}".Should().NotContain(session.Id[4..36]).And.NotContain("a secret").And.Contain(session.Handle);
    }

    /// <summary>Rotates, and reads what came of it.</summary>
    private async Task<Session<ChatState>?> RotateAsync(string sessionId, string? newUserId = null) =>
        await Sessions.RotateAsync(sessionId, newUserId) is { } id ? await Sessions.PeekAsync<ChatState>(id) : null;

    private async Task OtherUpdateAsync(string sessionId)
    {
        var hook = Provider.OnCommit;
        Provider.OnCommit = null;
        (await Sessions.UpdateAsync<ChatState>(sessionId, s => s with { Turns = s.Turns + 1 })).Should().NotBeNull();
        Provider.OnCommit = hook;
    }
}
