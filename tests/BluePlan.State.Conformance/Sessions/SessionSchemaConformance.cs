using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds the session manager to what happens after a deployment that changed the app's type: users are not locked out, and what does not fit is named.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionSchemaConformance<THarness> : SessionFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task GetAsync_PropertyBecameRequired_NamesTypeAndSession()
    {
        var old = await Sessions.CreateAsync("ann", Hello);

        foreach (var read in (Func<Task>[])[() => Sessions.GetAsync<Evolved>(old.Id), () => Sessions.PeekAsync<Evolved>(old.Id), () => Sessions.UpdateAsync<Evolved>(old.Id, static s => s)])
        {
            var thrown = (await read.Should().ThrowAsync<StateSchemaException>()).Which;
            (thrown.TargetType, thrown.Key).Should().Be((typeof(Evolved), $"session {old.Handle}"));
            thrown.Message.Should().Contain("UpgradeJson").And.NotContain("hello").And.NotContain(old.Handle).And.NotContain("ann");
        }

        (await Sessions.PeekAsync<ChatState>(old.Id))!.Data.Should().Be(Hello);
    }

    [Test]
    public async Task EverythingElse_PropertyBecameRequired_Works()
    {
        var (old, older) = (await Sessions.CreateAsync("ann", Hello), await Sessions.CreateAsync("ann", Hello));
        var created = await Sessions.CreateAsync("ann", new Evolved("new", 1, "EUR"));

        var page = await Sessions.ListAsync<Evolved>("ann");
        page.Items.Should().HaveCount(3);
        page.Items.Single(s => s.Handle == created.Handle).Should().Match<ListedSession<Evolved>>(s => s.Data == created.Data && s.SchemaError == null);
        page.Items.Where(s => s.Handle != created.Handle).Should().OnlyContain(s => s.Data == null && s.SchemaError!.TargetType == typeof(Evolved) && s.SchemaError.Key == $"session {s.Handle}" && s.ExpiresAt != null);
        JsonSerializer.Serialize(page.Items).Should().NotContain("SchemaError");

        (await Sessions.SetStatusAsync(old.Id, SessionStatus.Closed)).Should().BeTrue();
        (await Sessions.PatchAsync(old.Id, new JsonObject { ["Topic"] = "patched" })).Should().BeTrue();
        var id = await Sessions.RotateAsync(old.Id, "bob");
        (await Sessions.PeekAsync<ChatState>(id!))!.Data.Topic.Should().Be("patched");
        (await Sessions.DeleteAsync(id!)).Should().BeTrue();
        (await Sessions.RevokeAsync("ann", older.Handle)).Should().BeTrue();
        (await Sessions.DeleteAllAsync("ann")).Should().Be(1);
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task CallsThatReturnNoData_NeverDecodeIt()
    {
        await StartAsync(static state => state.UseSerializer(new WriteOnlySerializer()));
        var (one, other) = (await Sessions.CreateAsync("ann", "text"), await Sessions.CreateAsync("ann", "text"));

        (await Sessions.SetStatusAsync(one.Id, SessionStatus.Closed)).Should().BeTrue();
        var id = await Sessions.RotateAsync(one.Id);
        id = await Sessions.RotateAsync(id!, "bob");
        (await Sessions.SaveAsync(other with { Data = "saved" })).Should().NotBeNull();
        (await Sessions.ListAsync<string>("bob")).Items.Should().ContainSingle().Which.Should().Match<ListedSession<string>>(static s => s.Status == SessionStatus.Closed && s.SchemaError != null);
        await Sessions.Awaiting(s => s.PeekAsync<string>(id!)).Should().ThrowAsync<StateSchemaException>();
        (await Sessions.DeleteAsync(id!)).Should().BeTrue();
        (await Sessions.RevokeAsync("ann", other.Handle)).Should().BeTrue();
        await Sessions.CreateAsync("ann", "text");
        (await Sessions.DeleteAllAsync("ann")).Should().Be(1);
    }

    [Test]
    public async Task UpgradeJson_PropertyBecameRequired_FitsAgainAndIsStoredByTheNextWrite()
    {
        await StartAsync(static state => state
            .UpgradeJson<Evolved>(static json =>
            {
                json["Currency"] ??= "EUR";
                return json;
            })
            .UpgradeJson<Other>(static _ => null));
        var old = await Sessions.CreateAsync("ann", Hello);

        (await Sessions.GetAsync<Evolved>(old.Id))!.Data.Should().Be(new Evolved("hello", 0, "EUR"));
        (await Sessions.ListAsync<Evolved>("ann")).Items.Should().ContainSingle().Which.Data!.Currency.Should().Be("EUR");
        (await Sessions.PeekAsync<JsonElement>(old.Id))!.Data.TryGetProperty("Currency", out _).Should().BeFalse("a read writes nothing");
        await Sessions.UpdateAsync<Evolved>(old.Id, static s => s with { Turns = s.Turns + 1 });
        (await Sessions.PeekAsync<JsonElement>(old.Id))!.Data.GetProperty("Currency").GetString().Should().Be("EUR");
        (await Sessions.Awaiting(s => s.PeekAsync<Other>(old.Id)).Should().ThrowAsync<StateSchemaException>()).Which.TargetType.Should().Be<Other>();
    }

    [Test]
    public async Task UpgradeJson_SeveralOfAType_RunOneAfterTheOtherUntilItFits()
    {
        var runs = new List<string>();
        JsonNode Run(JsonNode json, string name, string? currency)
        {
            runs.Add(name);
            if (currency is not null) json["Currency"] = currency;
            return json;
        }
        await StartAsync(state => state
            .UpgradeJson<Evolved>(_ => throw new FormatException("mine"))
            .UpgradeJson<Evolved>(json => Run(json, "first", null))
            .UpgradeJson<Evolved>(json => Run(json, "second", "USD"))
            .UpgradeJson<Evolved>(json => Run(json, "third", "EUR")));
        var old = await Sessions.CreateAsync("ann", Hello);

        (await Sessions.PeekAsync<Evolved>(old.Id))!.Data.Currency.Should().Be("USD");

        runs.Should().Equal("first", "second");
    }

    [Test]
    public async Task GetAsync_DoesNotFit_DoesNotSlide()
    {
        var old = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(8) });
        var expires = (await Sessions.PeekAsync<ChatState>(old.Id))!.ExpiresAt;
        await AdvanceAsync(3);

        await Sessions.Awaiting(s => s.GetAsync<Evolved>(old.Id)).Should().ThrowAsync<StateSchemaException>();

        AssertSame((await Sessions.PeekAsync<ChatState>(old.Id))!.ExpiresAt, expires);
        await AdvanceAsync(3);
        await Sessions.Awaiting(s => s.GetAsync<Evolved>(old.Id)).Should().ThrowAsync<StateSchemaException>();
        await AdvanceAsync(3);
        (await Sessions.PeekAsync<ChatState>(old.Id)).Should().BeNull();
    }

    [Test]
    public async Task GetAsync_DoesNotFitInOneOfTwoHosts_StaysAsLongAsTheOtherUsesIt()
    {
        var old = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(8) });
        var other = (await JoinAsync()).Sessions;
        await AdvanceAsync(7);
        await other.GetAsync<ChatState>(old.Id);
        await AdvanceAsync(2);

        // A window after the last write is past: somebody else has read the session since, and may go on.
        await Sessions.Awaiting(s => s.GetAsync<Evolved>(old.Id)).Should().ThrowAsync<StateSchemaException>();

        await AdvanceAsync(5);
        (await other.GetAsync<ChatState>(old.Id))!.Data.Should().Be(Hello);
    }

    [Test]
    public async Task GetAsync_FitsAgain_SlidesAgain()
    {
        var old = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(8) });
        await Sessions.Awaiting(s => s.GetAsync<Evolved>(old.Id)).Should().ThrowAsync<StateSchemaException>();
        await AdvanceAsync(4);
        var begin = Now;

        var read = await Sessions.GetAsync<ChatState>(old.Id);

        read!.Data.Should().Be(Hello);
        AssertSince(read.ExpiresAt, begin, Tick * 8);
        Provider.ResetCounts();
        await AdvanceAsync(1);
        begin = Now;
        AssertSince((await Sessions.GetAsync<ChatState>(old.Id))!.ExpiresAt, begin, Tick * 8);
        (Provider.Reads, Provider.Commits).Should().Be((1, 0));
    }

    /// <summary><see cref="ChatState"/> after a deployment.</summary>
    internal sealed record Evolved(string Topic, int Turns, [property: System.Text.Json.Serialization.JsonRequired] string Currency);

    internal sealed record Other(int Topic);
}
