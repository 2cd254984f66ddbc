using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds the session manager to updates and patches that all survive, and to honesty about lost replies.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionUpdateConformance<THarness> : SessionFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task UpdateAsync_Live_WritesAndSlides()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        await AdvanceAsync(4);
        var begin = Now;

        var updated = await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = s.Turns + 1 });

        updated!.Data.Should().Be(new ChatState("hello", 1));
        AssertSince(updated.LastActivityAt, begin);
        AssertSince(updated.ExpiresAt, begin, Tick * 6);
        (updated.Id, updated.Handle, updated.UserId, updated.CreatedAt).Should().Be((session.Id, session.Handle, "ann", session.CreatedAt));
        var read = await Sessions.PeekAsync<ChatState>(session.Id);
        read!.Data.Should().Be(new ChatState("hello", 1));
        AssertSince(read.ExpiresAt, begin, Tick * 6);
    }

    [Test]
    public async Task UpdateAsync_Any_IsOneReadAndOneCommit()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        Provider.ResetCounts();

        await Sessions.UpdateAsync<ChatState>(session.Id, s => s);

        (Provider.Reads, Provider.Commits).Should().Be((1, 1));
    }

    [Test]
    public async Task UpdateAsync_Asynchronous_IsAwaitedAndGetsTheToken()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        using var cancellation = new CancellationTokenSource();
        var seen = new List<CancellationToken>();
        Provider.BeforeNextCommit(() => Sessions.UpdateAsync<ChatState>(session.Id, static s => s with { Topic = "theirs" }));

        var updated = await Sessions.UpdateAsync<ChatState>(session.Id, async (s, token) =>
        {
            seen.Add(token);
            await Task.Yield();
            return s with { Turns = s.Turns + 1 };
        }, cancellation.Token);

        updated!.Data.Should().Be(new ChatState("theirs", 1));
        seen.Should().Equal(cancellation.Token, cancellation.Token);
    }

    [Test]
    public async Task UpdateAsync_AsynchronousAndFails_PassesItOnAndWritesNothing()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        using var cancellation = new CancellationTokenSource();

        await FluentActions.Awaiting(() => Sessions.UpdateAsync<ChatState>(session.Id, static async (_, _) =>
        {
            await Task.Yield();
            throw new FormatException("mine");
        })).Should().ThrowAsync<FormatException>().WithMessage("mine");
        await FluentActions.Awaiting(() => Sessions.UpdateAsync<ChatState>(session.Id, async (s, token) =>
        {
            await cancellation.CancelAsync();
            token.ThrowIfCancellationRequested();
            return s with { Turns = 1 };
        }, cancellation.Token)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => Sessions.UpdateAsync<ChatState>(session.Id, static (_, _) => new((ChatState)null!))).Should().ThrowAsync<InvalidOperationException>();

        (await Sessions.PeekAsync<ChatState>(session.Id))!.ETag.Should().Be(session.ETag);
    }

    [Test]
    public async Task UpdateAsync_FixedLifetime_KeepsItAndTellsTheActivity()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.After(Tick * 9) });
        var expires = (await Sessions.PeekAsync<ChatState>(session.Id))!.ExpiresAt;
        await AdvanceAsync(2);
        var begin = Now;

        await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 });

        var read = await Sessions.PeekAsync<ChatState>(session.Id);
        AssertSame(read!.ExpiresAt, expires);
        AssertSince(read.LastActivityAt, begin);
    }

    [Test]
    public async Task UpdateAsync_SlidingWithAnEnd_KeepsTheEnd()
    {
        var begin = Now;
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6, absoluteTimeout: 9) });
        await AdvanceAsync(4);

        var updated = await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 });

        AssertSince(updated!.ExpiresAt, begin, Tick * 9);
        var end = (await Sessions.PeekAsync<ChatState>(session.Id))!.ExpiresAt;
        AssertSince(end, begin, Tick * 9);
        await AdvanceAsync(1);
        await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 2 });
        AssertSame((await Sessions.PeekAsync<ChatState>(session.Id))!.ExpiresAt, end);
    }

    [Test]
    public async Task UpdateAsync_TwoAtOnce_BothSurvive()
    {
        var session = await Sessions.CreateAsync("ann", new Dictionary<string, string>());
        Provider.BeforeNextCommit(() => Sessions.UpdateAsync<Dictionary<string, string>>(session.Id, d => new(d) { ["theirs"] = "2" }));

        var updated = await Sessions.UpdateAsync<Dictionary<string, string>>(session.Id, d => new(d) { ["ours"] = "1" });

        updated!.Data.Should().BeEquivalentTo(new Dictionary<string, string> { ["ours"] = "1", ["theirs"] = "2" });
        (await Sessions.PeekAsync<Dictionary<string, string>>(session.Id))!.Data.Should().BeEquivalentTo(updated.Data);
    }

    [Test]
    public async Task UpdateAsync_SixtyFourAtOnceFromTwoHosts_AllSurvive()
    {
        var session = await Sessions.CreateAsync("ann", new List<string>());
        var other = (await JoinAsync()).Sessions;

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Sessions : other).UpdateAsync<List<string>>(session.Id, list => [.. list, $"item-{i}"]))));

        (await Sessions.PeekAsync<List<string>>(session.Id))!.Data.Should().BeEquivalentTo(Enumerable.Range(0, 64).Select(i => $"item-{i}"));
    }

    [Test]
    public async Task UpdateAsync_SomebodyAlwaysFirst_ThrowsConflictAndWritesNothing()
    {
        await StartAsync(static state => state.Configure(static options => options.UpdateTimeout = TimeSpan.FromMilliseconds(200)));
        var session = await Sessions.CreateAsync("ann", Hello);
        var (other, tries) = ((await JoinAsync()).Sessions, 0);
        Provider.OnCommit = async (_, commit) =>
        {
            await other.UpdateAsync<ChatState>(session.Id, s => s with { Turns = s.Turns + 1 });
            return await commit();
        };

        var act = () => Sessions.UpdateAsync<ChatState>(session.Id, s =>
        {
            tries++;
            return s with { Topic = "never" };
        });

        var thrown = (await act.Should().ThrowAsync<StateConflictException>()).Which;
        (thrown.Expected, thrown.Actual).Should().NotBe((null, null));
        $"{thrown.Message} {thrown.Key}".Should().Contain(session.Handle).And.NotContain(session.Id);
        tries.Should().BeGreaterThan(2);
        Provider.OnCommit = null;
        (await Sessions.PeekAsync<ChatState>(session.Id))!.Data.Should().Be(new ChatState("hello", tries));
    }

    [Test]
    public async Task AnyUpdate_ManyInOneProcess_NoneIsRefusedAndNoneRepeats()
    {
        var session = await Sessions.CreateAsync("ann", new Dictionary<string, int>());
        Provider.YieldAfterReads();
        Provider.ResetCounts();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 10; n++)
            {
                if (i % 4 == 0) await Sessions.PatchAsync(session.Id, new JsonObject { [$"{i}"] = n + 1 });
                else await Sessions.UpdateAsync<Dictionary<string, int>>(session.Id, d => new(d) { [$"{i}"] = d.GetValueOrDefault($"{i}") + 1 });
            }
        })));

        Provider.Commits.Should().BeLessThanOrEqualTo(768, "640 updates repeat rarely");
        (await Sessions.PeekAsync<Dictionary<string, int>>(session.Id))!.Data.Should().HaveCount(64).And.OnlyContain(member => member.Value == 10);
    }

    [Test]
    public async Task UpdateAsync_InsideAnUpdateOfTheSameSession_DoesNotWaitForItself()
    {
        await StartAsync(static state => state.Configure(static options => options.UpdateTimeout = TimeSpan.FromMinutes(5)));
        var (session, isNested) = (await Sessions.CreateAsync("ann", Hello), true);

        var updating = Sessions.UpdateAsync<ChatState>(session.Id, state =>
        {
            // On another thread, whose end this one awaits.
            if (isNested) Task.Run(() => Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Topic = "inner" })).WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
            isNested = false;
            return state with { Turns = state.Turns + 1 };
        });

        (await updating.WaitAsync(TimeSpan.FromSeconds(60)))!.Data.Should().Be(new ChatState("inner", 1));
    }

    [Test]
    public async Task UpdateAsync_TwoThatUpdateEachOther_DoNotWaitForEachOther()
    {
        await StartAsync(static state => state.Configure(static options => options.UpdateTimeout = TimeSpan.FromMinutes(5)));
        var (one, two) = (await Sessions.CreateAsync("ann", Hello), await Sessions.CreateAsync("bob", Hello));
        using var both = new Barrier(2);

        Task CrossAsync(string outer, string inner)
        {
            var isFirst = true;
            return Task.Run(() => Sessions.UpdateAsync<ChatState>(outer, state =>
            {
                if (isFirst)
                {
                    both.SignalAndWait(TimeSpan.FromSeconds(30)).Should().BeTrue();
                    Sessions.UpdateAsync<ChatState>(inner, s => s with { Topic = s.Topic + "!" }).WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
                }
                isFirst = false;
                return state with { Turns = state.Turns + 1 };
            }));
        }

        await Task.WhenAll(CrossAsync(one.Id, two.Id), CrossAsync(two.Id, one.Id));

        (await Sessions.PeekAsync<ChatState>(one.Id))!.Data.Should().Be(new ChatState("hello!", 1));
        (await Sessions.PeekAsync<ChatState>(two.Id))!.Data.Should().Be(new ChatState("hello!", 1));
    }

    [Test]
    public async Task UpdateAsync_DeletedMeanwhile_DoesNotBringItBack()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        Provider.BeforeNextCommit(() => Sessions.DeleteAsync(session.Id));

        (await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 })).Should().BeNull();

        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task UpdateAsync_ExpiredMeanwhile_DoesNotBringItBack()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(2) });
        Provider.BeforeNextCommit(() => AdvanceAsync(3).AsTask());

        (await Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 })).Should().BeNull();

        (await Sessions.PeekAsync<ChatState>(session.Id)).Should().BeNull();
    }

    [Test]
    public async Task UpdateAsync_UpdateFails_WritesNothing()
    {
        var session = await Sessions.CreateAsync("ann", Hello);

        await FluentActions.Awaiting(() => Sessions.UpdateAsync<ChatState>(session.Id, _ => throw new FormatException("mine"))).Should().ThrowAsync<FormatException>().WithMessage("mine");
        await FluentActions.Awaiting(() => Sessions.UpdateAsync<ChatState>(session.Id, _ => null!)).Should().ThrowAsync<InvalidOperationException>();

        (await Sessions.PeekAsync<ChatState>(session.Id))!.Data.Should().Be(Hello);
    }

    [Test]
    public async Task UpdateAsync_ReplyLost_SaysSoAndWritesOnce()
    {
        var session = await Sessions.CreateAsync("ann", Hello);
        Provider.LoseNextReply();

        var act = () => Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = s.Turns + 1 });

        (await act.Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();
        (await Sessions.PeekAsync<ChatState>(session.Id))!.Data.Turns.Should().Be(1);
    }

    [Test]
    public async Task AnyChange_StoreRefuses_SaysSoAndWritesNothing()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Never });
        var before = await ReadTextsAsync();
        Provider.OnCommit = (_, _) => throw new StateUnavailableException("Writing is refused.", mayHaveBeenWritten: false);

        foreach (var change in new Func<Task>[]
        {
            () => Sessions.CreateAsync("ann", Hello), () => Sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = 1 }), () => Sessions.PatchAsync(session.Id, new JsonObject { ["Turns"] = 1 }),
            () => Sessions.SetStatusAsync(session.Id, SessionStatus.Closed), () => Sessions.DeleteAsync(session.Id), () => Sessions.RevokeAsync("ann", session.Handle),
            () => Sessions.SaveAsync(session with { Data = new("saved", 1) }), () => Sessions.DeleteAllAsync("ann"), () => Sessions.RotateAsync(session.Id), () => Sessions.RotateAsync(session.Id, "bob"),
        })
            (await change.Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeFalse();

        (await ReadTextsAsync()).Should().BeEquivalentTo(before);
    }

    [Test]
    public async Task CreateAsync_ReplyLost_TheHostsIdTellsThatItHappened()
    {
        Provider.LoseNextReply();
        await FluentActions.Awaiting(() => Sessions.CreateAsync("ann", Hello, new() { HostSessionId = "default" })).Should().ThrowAsync<StateUnavailableException>();

        (await Sessions.GetAsync<ChatState>(await Sessions.GetIdAsync("ann", "default")))!.Data.Should().Be(Hello);
        (await ListAsync("ann")).Should().HaveCount(1);
    }

    // The examples of RFC 7396, appendix A, whose patch is an object.
    [TestCase("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [TestCase("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [TestCase("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [TestCase("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [TestCase("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [TestCase("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [TestCase("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [TestCase("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    // And what else may come.
    [TestCase("\"text\"", """{"a":1}""", """{"a":1}""")]
    [TestCase("""{"n":12345678901234567890.125}""", """{"a":1e400}""", """{"n":12345678901234567890.125,"a":1e400}""")]
    [TestCase("""{"名":"前","":0}""", """{"":{"😀":"\u0000"}}""", """{"名":"前","":{"😀":"\u0000"}}""")]
    [TestCase("""{"a":1}""", """{}""", """{"a":1}""")]
    [TestCase("""{"a":1,"a":2,"b":3}""", """{"b":4}""", """{"a":2,"b":4}""")]
    public async Task PatchAsync_Patch_AppliesRfc7396(string data, string patch, string expected)
    {
        var session = await Sessions.CreateAsync("ann", JsonElement.Parse(data));
        var change = (JsonObject)JsonNode.Parse(patch)!;

        (await Sessions.PatchAsync(session.Id, change)).Should().BeTrue();

        var patched = (await Sessions.PeekAsync<JsonElement>(session.Id))!.Data;
        JsonElement.DeepEquals(patched, JsonElement.Parse(expected)).Should().BeTrue($"{patched.GetRawText()} should be {expected}");
        JsonNode.DeepEquals(change, JsonNode.Parse(patch)).Should().BeTrue("the patch is the caller's");
    }

    [Test]
    public async Task PatchAsync_Live_SlidesAndLeavesTheRest()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        await Sessions.SetStatusAsync(session.Id, SessionStatus.Closed);
        await AdvanceAsync(4);
        var begin = Now;

        await Sessions.PatchAsync(session.Id, new JsonObject { ["Turns"] = 7 });

        var read = await Sessions.PeekAsync<ChatState>(session.Id);
        (read!.Data, read.Status, read.CreatedAt).Should().Be((new ChatState("hello", 7), SessionStatus.Closed, session.CreatedAt));
        AssertSince(read.LastActivityAt, begin);
        AssertSince(read.ExpiresAt, begin, Tick * 6);
    }

    [Test]
    public async Task PatchAsync_ManyAtOnce_AllSurvive()
    {
        var session = await Sessions.CreateAsync("ann", new JsonObject());

        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => Sessions.PatchAsync(session.Id, new JsonObject { [$"m{i}"] = i }))));

        (await Sessions.PeekAsync<Dictionary<string, JsonElement>>(session.Id))!.Data.ToDictionary(m => m.Key, m => m.Value.GetInt32())
            .Should().BeEquivalentTo(Enumerable.Range(0, 32).ToDictionary(i => $"m{i}", i => i));
    }

    [Test]
    public async Task PatchAsync_NodeOfAnObjectOfDotNet_IsMergedLikeAnyOther()
    {
        var session = await Sessions.CreateAsync("ann", JsonElement.Parse("""{"a":{"b":1,"d":3}}"""));

        await Sessions.PatchAsync(session.Id, new JsonObject { ["a"] = JsonValue.Create(new Dictionary<string, int?> { ["b"] = null, ["c"] = 2 }) });

        (await Sessions.PeekAsync<JsonElement>(session.Id))!.Data.GetRawText().Should().Be("""{"a":{"d":3,"c":2}}""");
    }

    [Test]
    public async Task PatchAsync_DeeperThanCanBeRead_ThrowsArgumentAndWritesNothing()
    {
        var session = await Sessions.CreateAsync("ann", JsonElement.Parse("{}"));

        (await Sessions.PatchAsync(session.Id, Nested(64))).Should().BeTrue();
        var deepest = (await Sessions.PeekAsync<JsonElement>(session.Id))!.Data.GetRawText();
        await FluentActions.Awaiting(() => Sessions.PatchAsync(session.Id, Nested(65))).Should().ThrowAsync<ArgumentException>().WithParameterName("patch");

        (await Sessions.PeekAsync<JsonElement>(session.Id))!.Data.GetRawText().Should().Be(deepest);
    }

    [Test]
    public async Task PatchAsync_HostsOwnSerializer_ThrowsNotSupported()
    {
        await StartAsync(b => b.UseSerializer(new TextSerializer()));
        var session = await Sessions.CreateAsync("ann", "text");

        await FluentActions.Awaiting(() => Sessions.PatchAsync(session.Id, [])).Should().ThrowAsync<NotSupportedException>();
        (await Sessions.UpdateAsync<string>(session.Id, text => $"{text}!\n{{}}"))!.Data.Should().Be("text!\n{}");
        (await Sessions.GetAsync<string>(session.Id))!.Data.Should().Be("text!\n{}");
    }

    private static JsonObject Nested(int depth)
    {
        var nested = new JsonObject();
        for (var i = 1; i < depth; i++) nested = new JsonObject { ["n"] = nested };
        return nested;
    }
}
