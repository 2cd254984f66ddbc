using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds the session manager to creating, reading, sliding, expiring and deleting.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionConformance<THarness> : SessionFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task CreateAsync_NoId_MintsOneAndReadsBackEqual()
    {
        var begin = Now;
        var created = await Sessions.CreateAsync("ann", Hello);

        created.Id.Should().MatchRegex("^[0-9a-f]{36}-[0-9a-f]+$");
        created.Handle.Should().MatchRegex("^[0-9a-f]{32}$");
        (created.UserId, created.Data, created.Status).Should().Be(("ann", Hello, SessionStatus.Active));
        AssertSince(created.CreatedAt, begin);
        created.LastActivityAt.Should().Be(created.CreatedAt);
        AssertSince(created.ExpiresAt, begin, TimeSpan.FromHours(1));
        var read = await Sessions.PeekAsync<ChatState>(created.Id);
        (read!.Id, read.Handle, read.UserId, read.Data, read.Status, read.CreatedAt).Should().Be((created.Id, created.Handle, "ann", Hello, SessionStatus.Active, created.CreatedAt));
    }

    [Test]
    public async Task CreateAsync_Any_IsOneCommitAndGetOneRead()
    {
        await Sessions.CreateAsync("ann", Hello);
        Provider.ResetCounts();

        var created = await Sessions.CreateAsync("ann", Hello);
        (Provider.Reads, Provider.Commits).Should().Be((0, 1));

        (await Sessions.GetAsync<ChatState>(created.Id)).Should().NotBeNull();
        (Provider.Reads, Provider.Commits).Should().Be((1, 1));
    }

    [Test]
    public async Task GetAsync_ClockWasSetBack_DoesNotShortenTheLife([Values] bool updated)
    {
        if (!Harness.CanStepClock) Assert.Ignore("The clock of this store cannot be set.");
        var created = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Sliding(TimeSpan.FromHours(1)) });

        Harness.StepClock(TimeSpan.FromHours(-2));
        if (updated) await Sessions.UpdateAsync<ChatState>(created.Id, static data => data with { Turns = 7 });
        else (await Sessions.GetAsync<ChatState>(created.Id)).Should().NotBeNull();
        Harness.StepClock(TimeSpan.FromMinutes(121));

        (await Sessions.PeekAsync<ChatState>(created.Id)).Should().NotBeNull("it was just used");
    }

    [Test]
    public async Task CreateAsync_Often_NeverMintsAnIdTwice()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Sessions.CreateAsync("ann", new ChatState("many", i))));

        created.Select(s => s.Id).Should().OnlyHaveUniqueItems();
        created.Select(s => s.Handle).Should().OnlyHaveUniqueItems();
        (await Sessions.GetAsync<ChatState>(created[42].Id))!.Data.Turns.Should().Be(42);
    }

    [Test]
    public async Task CreateAsync_HostsId_IsFoundByIt()
    {
        var created = await Sessions.CreateAsync("ann", Hello, new() { HostSessionId = "default" });
        var other = await Sessions.CreateAsync("bob", new ChatState("other", 1), new() { HostSessionId = "default" });

        created.Id.Should().Be(await Sessions.GetIdAsync("ann", "default")).And.NotBe(other.Id);
        (await Sessions.GetAsync<ChatState>(await Sessions.GetIdAsync("ann", "default")))!.Data.Should().Be(Hello);
        (await Sessions.GetAsync<ChatState>(await Sessions.GetIdAsync("bob", "default")))!.UserId.Should().Be("bob");
        (await Sessions.GetAsync<ChatState>(await Sessions.GetIdAsync("ann", "another"))).Should().BeNull();
    }

    [Test]
    public async Task CreateAsync_HostsIdTaken_ThrowsConflictAndChangesNothing()
    {
        await Sessions.CreateAsync("ann", Hello, new() { HostSessionId = "default" });

        var act = () => Sessions.CreateAsync("ann", new ChatState("second", 2), new() { HostSessionId = "default" });

        var thrown = (await act.Should().ThrowAsync<StateConflictException>()).Which;
        $"{thrown.Message} {thrown.Key}".Should().NotContain(await Sessions.GetIdAsync("ann", "default"));
        (await Sessions.GetAsync<ChatState>(await Sessions.GetIdAsync("ann", "default")))!.Data.Should().Be(Hello);
        (await ListAsync("ann")).Should().HaveCount(1);
    }

    [Test]
    public async Task CreateAsync_HostsIdAtOnce_OneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await Sessions.CreateAsync("ann", new ChatState("race", i), new() { HostSessionId = "default" })).Data.Turns;
            }
            catch (StateConflictException)
            {
                return -1;
            }
        })));

        results.Where(turns => turns >= 0).Should().ContainSingle()
            .Which.Should().Be((await Sessions.PeekAsync<ChatState>(await Sessions.GetIdAsync("ann", "default")))!.Data.Turns);
    }

    [Test]
    public async Task CreateAsync_HostsIdOfADeadSession_IsFree()
    {
        await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(2), HostSessionId = "default" });
        await AdvanceAsync(3);
        await Sessions.CreateAsync("ann", new ChatState("again", 1), new() { Expiry = Sliding(9), HostSessionId = "default" });

        (await Sessions.PeekAsync<ChatState>(await Sessions.GetIdAsync("ann", "default")))!.Data.Topic.Should().Be("again");
        (await Sessions.CleanupAsync()).Should().Be(0);
        (await ListAsync("ann")).Should().HaveCount(1);
    }

    [Test]
    public async Task GetAsync_Sliding_KeepsTheSessionAliveAndPeekDoesNot([Values] bool hostsId)
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6), HostSessionId = hostsId ? "default" : null });
        await AdvanceAsync(4);
        var begin = Now;
        var read = await Sessions.GetAsync<ChatState>(session.Id);
        AssertSince(read!.LastActivityAt, begin);
        AssertSince(read.ExpiresAt, begin, Tick * 6);

        await AdvanceAsync(4);
        var peeked = await Sessions.PeekAsync<ChatState>(session.Id);
        AssertSame(peeked, read);

        await AdvanceAsync(3);
        (await Sessions.PeekAsync<ChatState>(session.Id)).Should().BeNull();
        (await Sessions.GetAsync<ChatState>(session.Id)).Should().BeNull();
    }

    [Test]
    public async Task GetAsync_SlidingWithAnEnd_EndsThere()
    {
        var begin = Now;
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6, absoluteTimeout: 10) });
        session.Id.Should().HaveLength(36);
        AssertSince(session.ExpiresAt, begin, Tick * 6);
        await AdvanceAsync(4);
        AssertSince((await Sessions.GetAsync<ChatState>(session.Id))!.ExpiresAt, begin, Tick * 10);
        await AdvanceAsync(3);
        begin = Now;
        var late = await Sessions.GetAsync<ChatState>(session.Id);
        AssertSince(late!.LastActivityAt, begin);

        await AdvanceAsync(5);
        (await Sessions.GetAsync<ChatState>(session.Id)).Should().BeNull();
    }

    [Test]
    public async Task PeekAsync_UpAgainstTheEnd_NeverTellsALaterActivityThanThereWas()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(8, absoluteTimeout: 10) });
        await AdvanceAsync(6);
        await Sessions.GetAsync<ChatState>(session.Id);
        var used = Now;
        await AdvanceAsync(2);

        var peeked = await Sessions.PeekAsync<ChatState>(session.Id);

        peeked!.LastActivityAt.Should().BeOnOrBefore(used + Tick / 4).And.BeAfter(session.CreatedAt).And.BeAfter(used - Tick * 8);
    }

    [Test]
    public async Task PeekAsync_UpdatedUpAgainstTheEnd_TellsTheUpdate()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(8, absoluteTimeout: 10) });
        await AdvanceAsync(6);
        var begin = Now;
        await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 });
        await AdvanceAsync(1);

        AssertSince((await Sessions.PeekAsync<ChatState>(session.Id))!.LastActivityAt, begin);
        (await Sessions.PeekAsync<ChatState>(session.Id))!.LastActivityAt.Should().BeBefore(begin + Tick);
    }

    [Test]
    public async Task GetAsync_FixedLifetime_DoesNotExtendIt()
    {
        var begin = Now;
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.After(Tick * 6) });
        await AdvanceAsync(4);
        var read = await Sessions.GetAsync<ChatState>(session.Id);
        AssertSince(read!.ExpiresAt, begin, Tick * 6);
        read.LastActivityAt.Should().Be(session.CreatedAt);

        await AdvanceAsync(3);
        (await Sessions.GetAsync<ChatState>(session.Id)).Should().BeNull();
    }

    [Test]
    public async Task GetAsync_NoExpiry_IsThereForEver()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Never });
        await AdvanceAsync(9);

        var read = await Sessions.GetAsync<ChatState>(session.Id);

        read!.ExpiresAt.Should().BeNull();
        read.LastActivityAt.Should().Be(session.CreatedAt);
        (await Sessions.CleanupAsync()).Should().Be(0);
    }

    [Test]
    public async Task CreateAsync_ExpiryInThePast_IsAbsentAtOnce()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.At(Now - Tick * 2) });

        (await Sessions.GetAsync<ChatState>(session.Id)).Should().BeNull();
        (await ListAsync("ann")).Should().BeEmpty();
    }

    [Test]
    public async Task CreateAsync_TimeoutsFromOptions_AreUsed()
    {
        await StartAsync(b => b.Configure(o => (o.Sessions.Timeout, o.Sessions.AbsoluteTimeout) = (TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(20))));
        var begin = Now;

        var session = await Sessions.CreateAsync("ann", Hello);

        AssertSince(session.ExpiresAt, begin, TimeSpan.FromMinutes(20));
        AssertSince((await Sessions.GetAsync<ChatState>(session.Id))!.ExpiresAt, begin, TimeSpan.FromMinutes(20));
    }

    [Test]
    public async Task SetStatusAsync_Closed_ChangesNothingElse()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(5) });
        await AdvanceAsync(1);
        var before = await Sessions.PeekAsync<ChatState>(session.Id);

        (await Sessions.SetStatusAsync(session.Id, SessionStatus.Closed)).Should().BeTrue();

        var closed = await Sessions.PeekAsync<ChatState>(session.Id);
        AssertSame(closed, before! with { Status = SessionStatus.Closed, ETag = closed!.ETag });
        (await Sessions.SetStatusAsync(session.Id, SessionStatus.Active)).Should().BeTrue();
        var active = await Sessions.PeekAsync<ChatState>(session.Id);
        AssertSame(active, before with { ETag = active!.ETag });
    }

    [Test]
    public async Task SetStatusAsync_UnknownStatus_Throws()
    {
        var session = await Sessions.CreateAsync("ann", Hello);

        await FluentActions.Awaiting(() => Sessions.SetStatusAsync(session.Id, (SessionStatus)7)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task DeleteAsync_Live_LeavesNothingBehind()
    {
        var session = await Sessions.CreateAsync("ann", Hello);

        (await Sessions.DeleteAsync(session.Id)).Should().BeTrue();

        (await Sessions.GetAsync<ChatState>(session.Id)).Should().BeNull();
        (await Sessions.DeleteAsync(session.Id)).Should().BeFalse();
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task DeleteAsync_ManyAtOnce_OneSaysYes()
    {
        var session = await Sessions.CreateAsync("ann", Hello);

        var deleted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Sessions.DeleteAsync(session.Id))));

        deleted.Count(yes => yes).Should().Be(1);
    }

    [Test]
    public async Task GetAsync_AfterARestart_FindsTheSession()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        await RestartAsync();

        (await Sessions.GetAsync<ChatState>(session.Id))!.Data.Should().Be(Hello);
    }

    [Test]
    public async Task GetAsync_AsAnotherType_ReadsTheSameBytes()
    {
        var session = await Sessions.CreateAsync("ann", Hello);

        (await Sessions.GetAsync<JsonElement>(session.Id))!.Data.GetProperty("Topic").GetString().Should().Be("hello");
    }

    [Test]
    public async Task GetAsync_DataOfAnotherShape_SaysThatItDoesNotFitWithoutTheId()
    {
        var session = await Sessions.CreateAsync("ann", "just a text");

        var thrown = (await FluentActions.Awaiting(() => Sessions.GetAsync<ChatState>(session.Id)).Should().ThrowAsync<StateSchemaException>()).Which;

        $"{thrown} {thrown.Key}".Should().NotContain(session.Id);
        (await Sessions.GetAsync<string>(session.Id))!.Data.Should().Be("just a text");
    }

    [Test]
    public async Task CreateAsync_TypeThatCannotBeWritten_ThrowsNotSupportedAndWritesNothing()
    {
        await FluentActions.Awaiting(() => Sessions.CreateAsync<Action>("ann", () => { })).Should().ThrowAsync<NotSupportedException>();

        (await ListAsync("ann")).Should().BeEmpty();
    }
}
