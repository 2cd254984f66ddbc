using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Files to conversations, and back.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryImportConformance<THarness> : HistoryTransferFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task ImportAsync_OfAnExport_IsTheSameConversation()
    {
        var source = await MakeAsync();
        await History.RemoveAsync(source.Id, MessageRange.Only(2));
        await History.EditAsync(source.Id, 1, static m => m with { Text = "new rules" });
        var file = await ExportAsync(source.Id);

        var copy = await ImportAsync("bob", new MemoryStream(file), "from ann");

        (copy.UserId, copy.Title, copy.CreatedAt).Should().Be(("bob", "from ann", source.CreatedAt));
        (await History.ReadAsync(copy.Id)).Should().Equal(await History.ReadAsync(source.Id));
        Lines(await ExportAsync(copy.Id)).Skip(1).Should().Equal(Lines(file).Skip(1), "only the first line names the conversation");
        copy.LastActivityAt.Should().Be((await History.ReadAsync(copy.Id)).Max(static m => m.CreatedAt));
        (await History.ListAsync("bob")).Items.Should().Equal(copy);
        (await History.AppendAsync(copy.Id, [HistoryMessage.User("x")]))[0].Sequence.Should().Be((await History.ReadAsync(source.Id))[^1].Sequence + 1);
    }

    [Test]
    public async Task ImportAsync_OtherMakersFile_MintsAndNumbers()
    {
        const string File = "\uFEFF{\"role\":\"user\",\"content\":\"a\"}\r\n\r\n{\"role\":\"assistant\",\"content\":\"b\"}";

        var copy = await ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(File)));

        var messages = await History.ReadAsync(copy.Id);
        messages.Select(static m => (m.Sequence, m.Role, m.Text)).Should().Equal((1, "user", "a"), (2, "assistant", "b"));
        messages.Select(static m => m.Id).Should().OnlyHaveUniqueItems().And.NotContainNulls();
        messages[0].CreatedAt.Should().BeCloseTo(Now, Tick * 10);
        copy.Title.Should().BeNull();
    }

    [Test]
    public async Task ImportAsync_EmptyFile_IsAnEmptyConversation()
    {
        var copy = await ImportAsync("ann", Stream.Null, "empty");

        (await History.ReadAsync(copy.Id)).Should().BeEmpty();
        Encoding.UTF8.GetString(await ExportAsync(copy.Id)).Should().StartWith("{\"messages\":[],");
        (await History.ListAsync("ann")).Items.Should().ContainSingle();
    }

    [Test]
    public async Task ImportAsync_LargeTexts_ComeBackEqual()
    {
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 0; i < 5; i++) await History.AppendAsync(id, [HistoryMessage.User(string.Concat(Enumerable.Repeat($"{i} 长文本 ", 100_000)))]);

        var copy = await ImportAsync("ann", new MemoryStream(await ExportAsync(id)));

        (await History.ReadAsync(copy.Id)).Should().Equal(await History.ReadAsync(id));
    }

    [Test]
    public async Task ImportAsync_OfAnExportWithAHostsId_IsFoundAgainAndNeverDoubled()
    {
        var source = await History.CreateAsync("ann", "trip", "default");
        await History.AppendAsync(source.Id, [HistoryMessage.User("hi")]);
        var file = await ExportAsync(source.Id);
        await History.DeleteAsync(source.Id);
        await AdvanceAsync(1);

        var first = await History.ImportAsync("ann", new MemoryStream(file));
        await History.AppendAsync(source.Id, [HistoryMessage.User("more")]);
        var second = await History.ImportAsync("ann", new MemoryStream(file));

        (first.Existing, first.Omitted, first.Changes.Count).Should().Be((0, 0, 0));
        first.Conversations.Should().ContainSingle().Which.Should().Be(source with { LastActivityAt = first.Conversations[0].LastActivityAt });
        (second.Existing, second.Changes[0].ToString()).Should().Be((1, "1: ConversationExisted"));
        second.Conversations[0].Id.Should().Be(source.Id);
        (await History.ReadAsync(source.Id)).Select(static m => m.Text).Should().Equal("hi", "more");
        (await History.ListAsync("ann")).Items.Should().ContainSingle();
    }

    [Test]
    public async Task ImportAsync_OfAnExportWithoutAHostsId_IsNeverDoubledAndNeverAnothersConversation()
    {
        var source = await MakeAsync();
        var file = await ExportAsync(source.Id);

        (await ImportAsync("ann", new MemoryStream(file))).Id.Should().Be(source.Id, "it is there");
        var ofBob = await ImportAsync("bob", new MemoryStream(file));
        (await ImportAsync("bob", new MemoryStream(file))).Should().Be(ofBob);
        (await ImportAsync("bob", new MemoryStream(file), null, "mine")).Id.Should().Be(await History.GetIdAsync("bob", "mine"));

        ofBob.Id.Should().NotBe(source.Id);
        (await History.ListAsync("ann")).Items.Should().ContainSingle();
        (await History.ListAsync("bob")).Items.Should().HaveCount(2);
    }

    [Test]
    public async Task ImportAsync_TrainingExamples_AreGivenBack()
    {
        string[] lines =
        [
            """{"messages":[{"role":"system","content":"rules"},{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0}],"tools":[{"type":"function","function":{"name":"f"}}],"parallel_tool_calls":false}""",
            """{"messages":[{"role":"user","content":"c"},{"role":"assistant","content":null,"tool_calls":[{"id":"k","type":"function","function":{"name":"f","arguments":"{}"}}]}]}""",
        ];

        var result = await History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), new() { HostConversationId = "set" });

        result.Conversations.Select(static c => c.HostConversationId).Should().Equal("set#1", "set#2");
        result.Changes.Should().BeEmpty();
        for (var i = 0; i < lines.Length; i++)
        {
            var plain = Encoding.UTF8.GetString(await ExportAsync(result.Conversations[i].Id, new() { IsPlain = true, IsTrainingExample = true }));
            JsonElement.DeepEquals(JsonElement.Parse(plain), JsonElement.Parse(lines[i])).Should().BeTrue(plain);
            var full = await ExportAsync(result.Conversations[i].Id, new() { IsTrainingExample = true });
            (await History.ReadAsync((await ImportAsync("bob", new MemoryStream(full))).Id)).Should().Equal(await History.ReadAsync(result.Conversations[i].Id));
        }
        (await History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), new() { HostConversationId = "set" })).Existing.Should().Be(2);
    }

    [TestCase("0001-01-01T00:00:00Z")]
    [TestCase("1970-01-01T00:00:00.001Z")]
    [TestCase("9999-12-31T23:59:59.999Z")]
    public async Task ImportAsync_TimesAtTheirEnds_ComeBack(string time)
    {
        var at = DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

        var copy = await ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(
            $$"""{"role":"user","content":"x","blueplan_state":{"conversation":{"created_at":"{{time}}"},"created_at":"{{time}}"} }""")));

        (await History.ReadAsync(copy.Id))[0].CreatedAt.Should().Be(at);
        copy.CreatedAt.Should().BeOnOrBefore(Now + Tick);
        if (at < Now) copy.CreatedAt.Should().Be(at);
        if (at < Now && at.Year > 2) copy.LastActivityAt.Should().Be(at);
        else copy.LastActivityAt.Should().BeCloseTo(Now, Tick * 10);
        (await History.ListAsync("ann")).Items.Should().Equal(copy);
        (await History.DeleteAllAsync("ann")).Should().Be(1);
    }
}
