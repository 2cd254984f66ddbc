using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>What the managers answer on a store that is opened for reading only, while another host writes to it.</summary>
public abstract class ReadOnlyManagersConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    [SetUp]
    public void NeedReadOnly()
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.ReadOnlyOpen)) Assert.Ignore($"The provider '{Provider.Name}' does not offer {StateCapabilities.ReadOnlyOpen}.");
    }

    [Test]
    public async Task Questions_ReadOnlyStore_AreAnswered()
    {
        var session = await State.Sessions.CreateAsync("ann", "hello", new() { Expiry = StateExpiry.Sliding(Tick * 100) });
        await State.Sessions.CreateAsync("ann", "dead", new() { Expiry = StateExpiry.After(Tick) });
        var conversation = await State.History.CreateAsync("ann", "Trip");
        await State.History.AppendAsync(conversation.Id, [new() { Role = MessageRole.User, Text = "Where to?" }]);
        await State.TokenUsage.RecordAsync(new() { RequestId = "r", UserId = "ann", Model = "m", InputTokens = 7 });
        await State.Config.SaveAsync("chat", "warm");
        await State.Store.SetAsync("carts", "1", "apples", StateExpiry.Sliding(Tick * 100));
        await State.Store.SetFieldAsync("carts", "2", "count", 3);
        await AdvanceAsync(2);

        var look = await LookAsync();

        (await look.Sessions.GetAsync<string>(session.Id))!.Data.Should().Be("hello");
        (await look.Sessions.ListAsync<string>("ann")).Items.Select(static s => s.Data).Should().Equal("hello");
        (await look.History.ReadAsync(conversation.Id)).Select(static m => m.Text).Should().Equal("Where to?");
        (await look.History.ListAsync("ann")).Items.Select(static c => c.Title).Should().Equal("Trip");
        (await look.History.SearchUserAsync("ann", "where").CountAsync()).Should().Be(1);
        (await look.TokenUsage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today)).All.InputTokens.Should().Be(7, "also what was recorded and not posted yet counts");
        (await look.TokenUsage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.InputTokens.Should().Be(7);
        (await look.Config.LoadAsync<string>("chat"))!.Value.Should().Be("warm");
        (await look.Store.GetAsync<string>("carts", "1"))!.Value.Should().Be("apples");
        (await look.Store.GetFieldsAsync<int>("carts", "2"))["count"].Should().Be(3);
        (await look.Store.ListKeysAsync("carts")).Items.Should().Equal("1", "2");
    }

    [Test]
    public async Task Reads_ReadOnlyStore_SlideNothing()
    {
        var session = await State.Sessions.CreateAsync("ann", "hello", new() { Expiry = StateExpiry.Sliding(Tick * 100) });
        await State.Store.SetAsync("carts", "1", "apples", StateExpiry.Sliding(Tick * 100));
        var before = ((await State.Sessions.PeekAsync<string>(session.Id))!.ExpiresAt, (await State.Store.PeekAsync<string>("carts", "1"))!.ExpiresAt);
        await AdvanceAsync(2);
        var look = await LookAsync();

        for (var i = 0; i < 2; i++) ((await look.Sessions.GetAsync<string>(session.Id))!.ExpiresAt, (await look.Store.GetAsync<string>("carts", "1"))!.ExpiresAt).Should().Be(before);

        ((await State.Sessions.PeekAsync<string>(session.Id))!.ExpiresAt, (await State.Store.PeekAsync<string>("carts", "1"))!.ExpiresAt).Should().Be(before);
    }

    [Test]
    public async Task Changes_ReadOnlyStore_AreRefusedAndSaySo()
    {
        var session = await State.Sessions.CreateAsync("ann", "hello");
        var conversation = await State.History.CreateAsync("ann");
        await State.Config.SaveAsync("chat", "warm");
        await State.Store.SetAsync("carts", "1", "apples");
        var look = await LookAsync();
        (string Name, Func<Task> Call)[] changes =
        [
            ("create a session", () => look.Sessions.CreateAsync("ann", "two")), ("update a session", () => look.Sessions.UpdateAsync<string>(session.Id, static _ => "new")), ("delete a session", () => look.Sessions.DeleteAsync(session.Id)),
            ("append", () => look.History.AppendAsync(conversation.Id, [new() { Role = MessageRole.User, Text = "hi" }])), ("rename", () => look.History.RenameAsync(conversation.Id, "new")),
            ("record", () => look.TokenUsage.RecordAsync(new() { RequestId = "r", UserId = "ann", Model = "m" })), ("save", () => look.Config.SaveAsync("chat", "cold")),
            ("set", () => look.Store.SetAsync("carts", "1", "pears")), ("increment", () => look.Store.IncrementFieldAsync("carts", "3", "n")), ("acquire", () => look.Locks.AcquireAsync("lock")),
        ];

        foreach (var (name, change) in changes)
        {
            var refused = (await FluentActions.Awaiting(change).Should().ThrowAsync<StateUnavailableException>("one cannot {0}", name)).Which;
            refused.MayHaveBeenWritten.Should().BeFalse();
            refused.Message.Should().Contain($"{StateOpenMode.ReadOnly}");
        }

        (await State.Sessions.PeekAsync<string>(session.Id))!.Data.Should().Be("hello");
        (await State.History.ReadAsync(conversation.Id)).Should().BeEmpty();
        (await State.Config.LoadAsync<string>("chat"))!.Value.Should().Be("warm");
        (await State.Store.PeekAsync<string>("carts", "1"))!.Value.Should().Be("apples");
        (await State.Locks.TryAcquireAsync("lock")).Should().NotBeNull();
    }
}
