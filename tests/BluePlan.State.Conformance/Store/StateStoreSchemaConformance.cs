using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore"/> and configs: values that do not fit the type, and texts that cannot be stored as they are.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StateStoreSchemaConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const string Cut = "cut \uD83D here";

    private IStateStore Store => State.Store;

    [Test]
    public async Task GetAsync_DoesNotFit_DoesNotSlide()
    {
        await Store.SetAsync("cache", "page", "text", StateExpiry.Sliding(Tick * 8));
        var expires = (await Store.PeekAsync<string>("cache", "page"))!.ExpiresAt;
        await AdvanceAsync(3);

        await Store.Invoking(s => s.GetAsync<int>("cache", "page")).Should().ThrowAsync<StateSchemaException>();

        (await Store.PeekAsync<string>("cache", "page"))!.ExpiresAt.Should().BeCloseTo(expires!.Value, Tick / 4);
        await AdvanceAsync(3);
        await Store.Invoking(s => s.GetAsync<int>("cache", "page")).Should().ThrowAsync<StateSchemaException>();
        await Store.Invoking(s => s.UpdateAsync<int>("cache", "page", static v => v)).Should().ThrowAsync<StateSchemaException>();
        await AdvanceAsync(3);
        (await Store.PeekAsync<string>("cache", "page")).Should().BeNull();
    }

    [Test]
    public async Task UpdateAsync_FitsAgain_SlidesAgain()
    {
        await Store.SetAsync("cache", "page", "text", StateExpiry.Sliding(Tick * 8));
        await Store.Invoking(s => s.GetAsync<int>("cache", "page")).Should().ThrowAsync<StateSchemaException>();
        await AdvanceAsync(4);
        var begin = Now;

        var updated = await Store.UpdateAsync<string>("cache", "page", static text => text + "!");

        updated.Value.Should().Be("text!");
        updated.ExpiresAt.Should().BeOnOrAfter(begin + Tick * 8 - Tick / 4);
        (await Store.PeekAsync<string>("cache", "page"))!.ExpiresAt.Should().BeCloseTo(updated.ExpiresAt!.Value, Tick / 4);
    }

    [Test]
    public async Task UpgradeJson_ValueFieldAndConfig_FitAgain()
    {
        await StartAsync(static state => state.UpgradeJson<int>(static json => json.GetValueKind() is JsonValueKind.String ? int.Parse(json.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) : null));
        await Store.SetAsync("cache", "page", "7");
        await Store.SetFieldAsync("cache", "page", "field", "8");
        await State.Config.SaveAsync("limit", "9");

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(7);
        (await Store.GetFieldAsync<int>("cache", "page", "field")).Should().Be(8);
        (await State.Config.LoadAsync<int>("limit"))!.Value.Should().Be(9);
        (await Store.UpdateAsync<int>("cache", "page", static v => v + 1)).Value.Should().Be(8);
        (await Store.GetAsync<JsonElement>("cache", "page"))!.Value.GetRawText().Should().Be("8");
    }

    [Test]
    public async Task AnyWrite_HalfASurrogatePair_IsRefusedAndWritesNothing()
    {
        object[] values =
        [
            Cut, "\uDE00", "\uD83D", new[] { "fine", Cut }, new Dictionary<string, string> { [Cut] = "name" }, new Dictionary<string, string> { ["name"] = "\"" + Cut }, new Draft(Cut, '\uD83D'), new Draft("fine", '\uDE00'),
            System.Text.Json.Nodes.JsonValue.Create(Cut)!, JsonDocument.Parse("\"\\uD83D\"").RootElement,
        ];
        var session = await State.Sessions.CreateAsync("ann", new Draft("fine", 'x'));

        foreach (var value in values)
        {
            foreach (var write in (Func<Task>[])
            [
                () => Store.SetAsync("cache", "page", value), () => Store.SetFieldAsync("cache", "page", "field", value), () => Store.UpdateAsync<object>("cache", "page", _ => value),
                () => State.Config.SaveAsync("chat", value), () => State.Sessions.CreateAsync("bob", value), () => State.Sessions.UpdateAsync<object>(session.Id, _ => value),
                () => State.Sessions.PatchAsync(session.Id, new() { ["Text"] = Cut }), () => State.Sessions.PatchAsync(session.Id, new() { [Cut] = 1 }),
            ])
            {
                var thrown = (await write.Should().ThrowAsync<ArgumentException>("{0} would not come back", JsonSerializer.Serialize(value.GetType().Name))).Which;
                thrown.Message.Should().NotContain("here").And.NotContain("fine");
            }
        }

        (await Store.ListKeysAsync("cache")).Items.Should().BeEmpty();
        (await State.Config.ListAsync()).Should().BeEmpty();
        (await State.Sessions.ListAsync<JsonElement>("bob")).Items.Should().BeEmpty();
        (await State.Sessions.PeekAsync<Draft>(session.Id))!.Data.Should().Be(new Draft("fine", 'x'));
    }

    [Test]
    public async Task SetAsync_WellFormedText_ComesBackAsItWas()
    {
        foreach (var text in (string[])["", "\uFFFD", "😀", "a\"\\\n\u0000\u2028 <>&'😀\uFFFD 字", new string('字', 3_000) + "\"" + string.Concat(Enumerable.Repeat("😀", 3_000)), "\uFDD0\uFFFF"])
        {
            await Store.SetAsync("cache", "page", new Dictionary<string, string> { [text] = text });
            (await Store.GetAsync<Dictionary<string, string>>("cache", "page"))!.Value.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create(text, text));
        }
    }

    private sealed record Draft(string Text, char Letter);
}
