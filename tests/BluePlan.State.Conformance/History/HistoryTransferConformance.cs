using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Copies of conversations: forks, exports, imports.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryTransferConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IHistoryManager History => State.History;

    protected override void Configure(BluePlanStateBuilder builder) => builder.Configure(static o => o.History.MaximumMessages = null);

    [Test]
    public async Task ForkAsync_UpToAMessage_IsACopyThatGoesItsOwnWay()
    {
        var source = await MakeAsync();
        await History.RemoveAsync(source.Id, MessageRange.Only(2));
        await AdvanceAsync(1);

        var fork = await History.ForkAsync(source.Id, 5, "try again");

        fork.Should().Be(new Conversation { Id = fork.Id, UserId = "ann", Title = "try again", CreatedAt = fork.CreatedAt, LastActivityAt = fork.CreatedAt });
        fork.CreatedAt.Should().BeAfter(source.CreatedAt);
        (await History.ReadAsync(fork.Id)).Should().Equal((await History.ReadAsync(source.Id)).Where(static m => m.Sequence <= 5));
        (await History.ListAsync("ann")).Items.Select(static c => c.Id).Should().Equal(fork.Id, source.Id);

        (await History.AppendAsync(fork.Id, [HistoryMessage.User("x")]))[0].Sequence.Should().Be(6);
        await History.EditAsync(fork.Id, 1, static m => m with { Text = "changed" });
        (await History.ReadAsync(source.Id))[0].Text.Should().Be("rules");
        await History.DeleteAsync(source.Id);
        (await History.ReadAsync(fork.Id)).Should().HaveCount(5);
    }

    [Test]
    public async Task ForkAsync_BetweenCallAndResult_HasTheCallOpen()
    {
        var source = await MakeAsync();
        var fork = await History.ForkAsync(source.Id, 3);

        (await History.ReadAsync(fork.Id)).Select(static m => m.Sequence).Should().Equal(1, 2, 3);
        fork.Title.Should().Be(source.Title);
        await History.AppendAsync(fork.Id, [HistoryMessage.Tool("x", "other"), HistoryMessage.Tool("y", "other")]);
        HistoryChecks.ShouldBeWhole(await History.ReadAsync(fork.Id));
        (await History.ReadAsync(fork.Id)).Should().HaveCount(5);
    }

    [Test]
    public async Task ForkAsync_NothingOrEverything_Works()
    {
        var source = await MakeAsync();

        (await History.ReadAsync((await History.ForkAsync(source.Id, 0)).Id)).Should().BeEmpty();
        (await History.ReadAsync((await History.ForkAsync(source.Id, long.MaxValue)).Id)).Should().Equal(await History.ReadAsync(source.Id));
        await FluentActions.Invoking(() => History.ForkAsync(source.Id, -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task ForkAsync_Long_IsSeenWholeOrNotAtAll()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [.. Enumerable.Range(0, 2_500).Select(static i => HistoryMessage.User($"{i}"))]);
        var commits = 0;
        Provider.OnCommit = (_, commit) => ++commits == 3 ? throw new StateUnavailableException("Gone.", mayHaveBeenWritten: false) : commit();
        await FluentActions.Invoking(() => History.ForkAsync(id, 2_500)).Should().ThrowAsync<StateUnavailableException>();
        (await History.ListAsync("ann")).Items.Should().HaveCount(1);

        var fork = await History.ForkAsync(id, 2_400);

        commits.Should().Be(6);
        (await History.ReadAsync(fork.Id)).Should().Equal((await History.ReadAsync(id)).Take(2_400));
        (await History.GetAsync(fork.Id))!.ExpiresAt.Should().BeNull();
    }

    [Test]
    public async Task ForkAsync_DeletedMeanwhile_IsNotFoundAndCopiesNothing()
    {
        var source = await MakeAsync();
        DeleteAfterTheNextRead(source.Id);

        await FluentActions.Invoking(() => History.ForkAsync(source.Id, 3)).Should().ThrowAsync<StateNotFoundException>();

        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task ExportAsync_DeletedMeanwhile_IsNotFoundAndWritesNothing()
    {
        var source = await MakeAsync();
        DeleteAfterTheNextRead(source.Id);
        var file = new MemoryStream();

        await FluentActions.Invoking(() => History.ExportAsync(source.Id, file)).Should().ThrowAsync<StateNotFoundException>();

        file.Length.Should().Be(0);
    }

    [Test]
    public async Task ImportAsync_MessageOfTheFuture_IsNoActivityOfTheFuture()
    {
        var copy = await ImportAsync("ann", new MemoryStream("{\"role\":\"user\",\"content\":\"x\",\"blueplan_state\":{\"created_at\":\"9999-01-01T00:00:00Z\"}}"u8.ToArray()));

        copy.LastActivityAt.Should().BeOnOrBefore(Now + Tick);
        (await History.ReadAsync(copy.Id))[0].CreatedAt!.Value.Year.Should().Be(9999);
    }

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
    public async Task ExportAsync_Message_IsALineOfTheOpenAiFormat()
    {
        var source = await MakeAsync();

        var lines = Encoding.UTF8.GetString(await ExportAsync(source.Id)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonElement.Parse(l)).ToArray();

        lines.Select(static l => l.GetProperty("role").GetString()).Should().Equal("system", "user", "assistant", "tool", "tool", "assistant");
        lines[1].GetProperty("content").GetString().Should().Be("北京 😀");
        lines[2].GetProperty("tool_calls")[1].GetProperty("function").GetProperty("arguments").GetString().Should().Be("{\"n\":2}");
        lines[3].GetProperty("tool_call_id").GetString().Should().Be("x");
        Encoding.UTF8.GetString(await ExportAsync(source.Id)).Should().Contain("北京");
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

    [TestCase("{\"role\":\"user\"", "Line 2")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\",\"blueplan_state\":{\"id\":\"one\"}}", "Line 2: its id is that of an earlier message")]
    public async Task ImportAsync_BadLine_SaysWhichAndLeavesNothing(string line, string message)
    {
        var file = $"{{\"role\":\"user\",\"content\":\"a\",\"blueplan_state\":{{\"id\":\"one\"}}}}\n{line}\n";

        (await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(file)))).Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith(message);
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
        await FluentActions.Invoking(() => History.ImportAsync("ann", null!)).Should().ThrowAsync<ArgumentNullException>();
        await FluentActions.Invoking(() => History.ExportAsync(new('0', 36), null!)).Should().ThrowAsync<ArgumentNullException>();
    }

    [Test]
    public async Task ImportAsync_LongerThanTheMaximum_KeepsWhatAppendsWouldKeep()
    {
        await StartAsync(static b => b.Configure(static o => o.History.MaximumMessages = 5));
        var file = string.Concat(Enumerable.Range(1, 9).Select(static i => $"{{\"role\":\"user\",\"content\":\"{i}\"}}\n"));

        var copy = await ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(file)));

        (await History.ReadAsync(copy.Id)).Select(static m => (m.Sequence, m.Text)).Should().Equal((5, "5"), (6, "6"), (7, "7"), (8, "8"), (9, "9"));
        (await History.GetAsync(copy.Id))!.MessageCount.Should().Be(5);
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
        (await ImportAsync("bob", new MemoryStream(file), null, "mine")).Id.Should().Be(History.GetId("bob", "mine"));

        ofBob.Id.Should().NotBe(source.Id);
        (await History.ListAsync("ann")).Items.Should().ContainSingle();
        (await History.ListAsync("bob")).Items.Should().HaveCount(2);
    }

    [TestCase(false, 0)]
    [TestCase(true, 0)]
    [TestCase(true, 1_000)]
    public async Task ImportAsync_AnotherImportTakesItsPlaceBetweenPieces_LeavesNoHole(bool withIds, int skipped)
    {
        string[] lines = [.. Enumerable.Range(1, 2_500).Select(i => Line(i, withIds))];
        var (commits, held, goOn) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        Task<Conversation>? second = null;
        Provider.OnCommit = async (_, commit) =>
        {
            switch (Interlocked.Increment(ref commits))
            {
                case 3: // the first import's last piece
                    second = ImportAsync("ann", File(lines.Skip(skipped)), null, "mine");
                    await (await Task.WhenAny(held.Task, second)).WaitAsync(TimeSpan.FromMinutes(1));
                    break;
                case 7: // the second import's second piece, behind one that was refused, the clearing, and the first
                    held.SetResult();
                    await goOn.Task;
                    break;
            }
            return await commit();
        };

        await FluentActions.Invoking(() => ImportAsync("ann", File(lines), null, "mine")).Should().ThrowAsync<StateConflictException>().WithMessage("Another attempt*");
        (await History.ListAsync("ann")).Items.Should().BeEmpty("neither has ended");
        goOn.SetResult();

        var made = await second!;
        (await History.ImportAsync("ann", File(lines), new() { HostConversationId = "mine" })).Existing.Should().Be(1);
        (await History.ReadAsync(made.Id)).Select(static m => m.Text).Should().Equal(Enumerable.Range(skipped + 1, 2_500 - skipped).Select(static i => $"{i}"));
    }

    [Test]
    public async Task ImportAsync_SecondImportEndsBetweenPieces_ExistedAlready()
    {
        string[] lines = [.. Enumerable.Range(1, 2_500).Select(static i => Line(i, true))];
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3) await ImportAsync("ann", File(lines), "second", "mine");
            return await commit();
        };

        var result = await History.ImportAsync("ann", File(lines), new() { HostConversationId = "mine" });

        (result.Existing, result.Conversations[0].Title).Should().Be((1, "second"));
        (await History.ReadAsync(result.Conversations[0].Id)).Should().HaveCount(2_500);
    }

    [Test]
    public async Task ImportAsync_SeveralOfAFileAtOnce_MakeItOnceAndWhole()
    {
        string[] lines = [.. Enumerable.Range(1, 2_500).Select(static i => Line(i, false))];

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => History.ImportAsync("ann", File(lines), new() { HostConversationId = "mine" }))));

        results.Sum(static r => r.Existing).Should().Be(3);
        (await History.ReadAsync(results[0].Conversations[0].Id)).Select(static m => m.Text).Should().Equal(Enumerable.Range(1, 2_500).Select(static i => $"{i}"));
    }

    [Test]
    public async Task CreateAsync_WhileAnImportOfTheSameIdIsUnfinished_HasNoneOfItsMessages([Values] bool byImport)
    {
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (Interlocked.Increment(ref commits) == 3) await (byImport ? ImportAsync("ann", Stream.Null, null, "mine") : History.CreateAsync("ann", null, "mine"));
            return await commit();
        };

        var result = await History.ImportAsync("ann", File(Enumerable.Range(1, 2_500).Select(static i => Line(i, true))), new() { HostConversationId = "mine" });

        result.Existing.Should().Be(1);
        (await History.ReadAsync(result.Conversations[0].Id)).Should().BeEmpty();
        (await History.AppendAsync(result.Conversations[0].Id, [HistoryMessage.User("x")]))[0].Sequence.Should().Be(1);
    }

    [Test]
    public async Task ImportAsync_SequencesNearTheEnd_AreGivenAnew()
    {
        var result = await History.ImportAsync("ann", new MemoryStream("{\"role\":\"user\",\"content\":\"x\",\"blueplan_state\":{\"sequence\":9007199254740991}}"u8.ToArray()));

        result.Changes.Select(static c => c.ToString()).Should().Equal("1: Renumbered");
        (await History.AppendAsync(result.Conversations[0].Id, [HistoryMessage.User("y")]))[0].Sequence.Should().Be(2);
    }

    [Test]
    public async Task AppendAsync_NoSequenceIsLeft_IsAConflictWhoseRemedyHelps()
    {
        var source = await History.CreateAsync("ann", null, "mine");
        await History.AppendAsync(source.Id, [HistoryMessage.User("x")]);
        await Provider.UseUpSequencesAsync("messages");
        await FluentActions.Invoking(() => History.AppendAsync(source.Id, [HistoryMessage.User("y")])).Should().ThrowAsync<StateConflictException>().WithMessage("*Export it*");

        var file = await ExportAsync(source.Id);
        await History.DeleteAsync(source.Id);
        await History.ImportAsync("ann", new MemoryStream(file));

        (await History.AppendAsync(source.Id, [HistoryMessage.User("y")]))[0].Sequence.Should().Be(2);
    }

    [Test]
    public async Task ImportAsync_ResultWithoutItsCall_IsLeftOutAndReported()
    {
        var result = await History.ImportAsync("ann", new MemoryStream("{\"role\":\"user\",\"content\":\"a\"}\n{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"x\"}\n"u8.ToArray()));

        (result.Omitted, result.Changes.Single().ToString()).Should().Be((1, "2: ResultOmitted"));
        (await History.ReadAsync(result.Conversations[0].Id)).Should().ContainSingle();
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

    [Test]
    public async Task ExportAsync_Plain_HasOnlyDocumentedMembers()
    {
        var id = (await History.CreateAsync("ann", "secret title")).Id;
        await History.AppendAsync(id,
        [
            HistoryMessage.User("look") with { Name = "Ann Smith", Parts = JsonElement.Parse("""[{"type":"input_image","image_url":"u"}]"""), Pinned = true },
            HistoryMessage.Assistant("wait", new ToolCall("never answered", "f", "{}")), new() { Role = "event", Text = "bell" },
            HistoryMessage.Assistant(null, new ToolCall("c", "f", "{}") { AdditionalProperties = Members(("extra_content", "1"), ("type", "\"vendors\"")) }), HistoryMessage.Tool("c", "r"),
            HistoryMessage.Assistant("done") with { AdditionalProperties = Members(("reasoning_content", "\"x\""), ("refusal", "\"y\""), ("weight", "1")) },
        ]);

        Encoding.UTF8.GetString(await ExportAsync(id, new() { IsPlain = true })).Should().Be(
            """
            {"role":"user","content":"look"}
            {"role":"assistant","content":"wait"}
            {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}
            {"role":"tool","tool_call_id":"c","content":"r"}
            {"role":"assistant","content":"done","refusal":"y"}

            """.ReplaceLineEndings("\n"));
    }

    [Test]
    public async Task ExportAsync_PlainTrainingExample_EndsWithTheLastAnswerAndSaysNothingEmpty()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var weighed = Members(("weight", "1"), ("refusal", "\"no\""));
        await History.AppendAsync(id,
        [
            HistoryMessage.System(""), HistoryMessage.User("q") with { AdditionalProperties = weighed }, HistoryMessage.Assistant(""),
            HistoryMessage.Assistant(null, new ToolCall("c", "f", "{}")), HistoryMessage.Tool("c", "r") with { Name = "f" },
            HistoryMessage.Assistant("a") with { AdditionalProperties = weighed }, HistoryMessage.User("not answered yet"),
        ]);

        Encoding.UTF8.GetString(await ExportAsync(id, new() { IsPlain = true, IsTrainingExample = true })).Should().Be(
            """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"""
            + """{"role":"tool","tool_call_id":"c","content":"r"},{"role":"assistant","content":"a","weight":1,"refusal":"no"}]}""" + "\n");
    }

    [Test]
    public async Task ExportAsync_PlainTrainingExample_HasOnlyDocumentedMembersOfTheConversation()
    {
        var copy = await ImportAsync("ann", new MemoryStream("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"tools":[],"mine":1}"""u8.ToArray()));

        Encoding.UTF8.GetString(await ExportAsync(copy.Id, new() { IsPlain = true, IsTrainingExample = true })).Should()
            .Be("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"tools":[]}""" + "\n");
        copy.AdditionalProperties.Keys.Should().Equal("tools", "mine");
    }

    [Test]
    public async Task ExportAsync_PlainTrainingExampleWithoutAnAnswer_IsRefusedAndWritesNothing()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.System("rules"), HistoryMessage.User("q"), HistoryMessage.Assistant("")]);
        var file = new MemoryStream();

        (await FluentActions.Invoking(() => History.ExportAsync(id, file, new() { IsPlain = true, IsTrainingExample = true })).Should().ThrowAsync<InvalidOperationException>())
            .WithMessage("The conversation is no training example: it has no assistant message*");

        file.Length.Should().Be(0);
        (await ExportAsync(id, new() { IsTrainingExample = true })).Should().NotBeEmpty("a file with all that is known is no less");
    }

    [Test]
    public async Task ExportAsync_PlainWithMessagesBetweenCallAndResult_PutsResultsBehindTheirCall()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id,
        [
            HistoryMessage.User("q"), HistoryMessage.Assistant(null, new ToolCall("a", "f", ""), new ToolCall("b", "f", "")), HistoryMessage.User("hurry"), HistoryMessage.Tool("b", "rb"),
            HistoryMessage.Assistant("soon"), HistoryMessage.Tool("a", "ra"), HistoryMessage.Assistant("done"),
        ]);

        Lines(await ExportAsync(id, new() { IsPlain = true })).Where(static l => l.Length > 0).Select(static l => JsonElement.Parse(l).GetProperty("content").GetString())
            .Should().Equal("q", null, "rb", "ra", "hurry", "soon", "done");
    }

    [TestCase("{\"messages\":[],\"tools\":{0}}", 257)]
    [TestCase("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":{0}}", 262)]
    public async Task ImportAsync_ConversationMembersThatNestDeep_AreRefusedOrComeBack(string line, int tooDeep)
    {
        foreach (var depth in new[] { 60, 128, 256, tooDeep })
        {
            var file = Encoding.UTF8.GetBytes(line.Replace("{0}", new string('[', depth) + new string(']', depth), StringComparison.Ordinal));
            HistoryImportResult result;
            try
            {
                result = await History.ImportAsync("ann", new MemoryStream(file));
            }
            catch (InvalidDataException exception)
            {
                depth.Should().Be(tooDeep);
                exception.Message.Should().StartWith("Line 1: ");
                continue;
            }
            depth.Should().BeLessThan(tooDeep);
            foreach (var asExample in new[] { false, true })
            {
                var export = await ExportAsync(result.Conversations[0].Id, new() { IsTrainingExample = asExample });
                var copy = (await History.ImportAsync("bob", new MemoryStream(export), new() { HostConversationId = $"{depth} {asExample}" })).Conversations.Single();
                JsonMembersShouldBeEqual(copy, result.Conversations[0]);
            }
        }

        static void JsonMembersShouldBeEqual(Conversation one, Conversation other) =>
            one.AdditionalProperties["tools"].GetRawText().Should().Be(other.AdditionalProperties["tools"].GetRawText());
    }

    [TestCase("{\"messages\":[],\"tools\":\"#\"}")]
    [TestCase("{\"messages\":[],\"#\":1}")]
    [TestCase("{\"role\":\"user\",\"content\":\"#\"}")]
    [TestCase("{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"of\":\"#\"}]}")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\",\"mine\":[\"#\"]}")]
    [TestCase("{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":\"#\"}}}]}")]
    public async Task ImportAsync_InvalidUtf8AnywhereInALine_IsRefused(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line).SelectMany(static b => b == (byte)'#' ? [0xC3, (byte)'('] : new[] { b }).ToArray();

        (await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream(bytes))).Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith("Line 1: ");
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task ImportAsync_MemberThatStandsTwice_TakesTheLastAndReportsIt()
    {
        const string File = """
            {"role":"user","role":"assistant","content":"a","content":"b"}
            {"messages":[{"role":"user","content":"c","content":"d"}],"tools":[1],"tools":[2]}
            {"role":"assistant","tool_calls":[{"id":"k","id":"l","function":{"name":"f","arguments":"1","arguments":"2"}}]}
            {"role":"user","content":[{"type":"mine","a":1,"a":2}]}
            """;

        var result = await History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(File)));

        result.Changes.Select(static c => c.ToString()).Should().Equal("1: MemberRepeated", "2: MemberRepeated", "3: MemberRepeated");
        (await History.ReadAsync(result.Conversations[0].Id)).Select(static m => (m.Role, m.Text)).Should().Equal(("assistant", "b"));
        (await History.ReadAsync(result.Conversations[1].Id)).Select(static m => (m.Role, m.Text)).Should().Equal(("user", "d"));
        result.Conversations[1].AdditionalProperties["tools"].GetRawText().Should().Be("[2]");
        (await History.ReadAsync(result.Conversations[2].Id))[0].ToolCalls.Should().Equal(new ToolCall("l", "f", "2"));
    }

    [TestCase("")]
    [TestCase("t", 1_001)]
    public async Task ImportAsync_TitleThatBreaksItsRule_IsLeftOutAndReported(string letter, int count = 1)
    {
        var title = string.Concat(Enumerable.Repeat(letter, count));

        var result = await History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes($$"""{"messages":[],"blueplan_state":{"conversation":{"title":"{{title}}"} } }""")));

        (result.Conversations[0].Title, result.Changes.Single().ToString()).Should().Be((null, "1: TitleOmitted"));
        (await History.ListAsync("ann")).Items[0].Title.Should().BeNull();
    }

    [Test]
    public async Task ImportAsync_AppsIdThatLeavesNoRoomForANumber_IsRefusedAndWritesNothing()
    {
        var options = new ConversationOptions { HostConversationId = new('i', 384) };

        await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream("{\"messages\":[]}\n{\"messages\":[]}"u8.ToArray()), options)).Should().ThrowAsync<ArgumentException>();

        (await History.ListAsync("ann")).Items.Should().BeEmpty();
        (await History.ImportAsync("ann", new MemoryStream("{\"messages\":[]}"u8.ToArray()), options)).Conversations.Single().HostConversationId.Should().Be(options.HostConversationId);
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

    [TestCase("{\"role\":\"user\",\"content\": secret }")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\"} tsecret")]
    [TestCase("{\"role\":\"user\",\"content\":tsecret}")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\",\"role\":tsecret}")]
    public async Task ImportAsync_BrokenJson_IsToldWithoutItsContent(string line)
    {
        var exception = (await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes($"\n{line}")))).Should().ThrowAsync<InvalidDataException>()).Which;

        exception.Message.Should().StartWith("Line 2: it is not readable JSON in UTF-8");
        exception.ToString().Should().NotContain("secret");
    }

    private async Task<Conversation> ImportAsync(string userId, Stream source, string? title = null, string? hostId = null) =>
        (await History.ImportAsync(userId, source, new() { Title = title, HostConversationId = hostId })).Conversations.Should().ContainSingle().Subject;

    private static Dictionary<string, JsonElement> Members(params (string Name, string Json)[] members) => members.ToDictionary(static m => m.Name, static m => JsonElement.Parse(m.Json));

    private static string Line(int number, bool withId) =>
        $"{{\"role\":\"user\",\"content\":\"{number}\"{(withId ? $",\"blueplan_state\":{{\"id\":\"m{number}\",\"sequence\":{number}}}" : "")}}}";

    private static MemoryStream File(IEnumerable<string> lines) => new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private static string[] Lines(byte[] file) => Encoding.UTF8.GetString(file).Split('\n');

    private async Task<Conversation> MakeAsync()
    {
        var created = await History.CreateAsync("ann", "trip");
        await History.AppendAsync(created.Id,
        [
            HistoryMessage.System("rules") with { Pinned = true },
            HistoryMessage.User("北京 😀") with { Parts = JsonElement.Parse("""{"mine":[1.0,"é"]}"""), Name = "Ann" },
            HistoryMessage.Assistant("let me see", new ToolCall("x", "t", ""), new ToolCall("y", "t", "{\"n\":2}")),
            HistoryMessage.Tool("x", "rx"), HistoryMessage.Tool("y", ""),
            HistoryMessage.Assistant("done") with { CreatedAt = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero) },
        ]);
        return created;
    }

    private void DeleteAfterTheNextRead(string id) => Provider.OnRead = async (_, read) =>
    {
        Provider.OnRead = null;
        var answer = await read();
        await History.DeleteAsync(id);
        return answer;
    };

    private async Task<byte[]> ExportAsync(string id, HistoryExportOptions? options = null)
    {
        var file = new MemoryStream();
        await History.ExportAsync(id, file, options);
        file.CanWrite.Should().BeTrue("the stream stays open");
        return file.ToArray();
    }
}
