using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore"/>: values with expiry, conditions and updates.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StateStoreConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IStateStore Store => State.Store;

    [Test]
    public async Task ToString_Entry_ShowsNoValue()
    {
        await Store.SetAsync("drafts", "ann", "a secret");

        $"{await Store.GetAsync<string>("drafts", "ann")}".Should().NotContain("secret").And.Contain("ETag = ");
    }

    [Test]
    public async Task GetAsync_WasSet_IsTheValueWithItsTag()
    {
        var tag = await Store.SetAsync("cache", "page", new Page("Startseite 首页", [1, 2]));

        var entry = await Store.GetAsync<Page>("cache", "page");
        entry!.Value.Should().BeEquivalentTo(new Page("Startseite 首页", [1, 2]));
        entry.ETag.Should().Be(tag);
        entry.ExpiresAt.Should().BeNull();
        (await Store.PeekAsync<Page>("cache", "page")).Should().BeEquivalentTo(entry);
        (await Store.ExistsAsync("cache", "page")).Should().BeTrue();
    }

    [Test]
    public async Task GetAsync_NotThere_IsNull()
    {
        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
        (await Store.PeekAsync<int>("cache", "page")).Should().BeNull();
        (await Store.ExistsAsync("cache", "page")).Should().BeFalse();
        (await Store.DeleteAsync("cache", "page")).Should().BeFalse();
        (await Store.ExpireAsync("cache", "page", StateExpiry.Never)).Should().BeFalse();
    }

    [Test]
    public async Task SetAsync_EqualBytesAgain_IsANewTag()
    {
        var first = await Store.SetAsync("cache", "page", 1);
        var second = await Store.SetAsync("cache", "page", 1);

        second.Should().NotBe(first);
        (await Store.GetAsync<int>("cache", "page"))!.ETag.Should().Be(second);
    }

    [Test]
    public async Task SetAsync_ManyTypes_ComeBack()
    {
        await Store.SetAsync("types", "null", (string?)null);
        await Store.SetAsync("types", "bytes", new byte[] { 0, 1, 255 });
        await Store.SetAsync("types", "time", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(8)));
        await Store.SetAsync("types", "map", new Dictionary<string, string> { ["字"] = "/\"\n" });
        await Store.SetAsync("types", "json", JsonDocument.Parse("""{"a":[1,null,{"b":"c"}]}""").RootElement);

        (await Store.GetAsync<string?>("types", "null"))!.Value.Should().BeNull();
        (await Store.GetAsync<byte[]>("types", "bytes"))!.Value.Should().Equal(0, 1, 255);
        (await Store.GetAsync<DateTimeOffset>("types", "time"))!.Value.Should().Be(new DateTimeOffset(2026, 3, 1, 4, 0, 0, TimeSpan.Zero));
        (await Store.GetAsync<Dictionary<string, string>>("types", "map"))!.Value.Should().Equal(new Dictionary<string, string> { ["字"] = "/\"\n" });
        (await Store.GetAsync<JsonElement>("types", "json"))!.Value.GetRawText().Should().Be("""{"a":[1,null,{"b":"c"}]}""");
    }

    [Test]
    public async Task GetAsync_AsAnotherType_SaysSo()
    {
        await Store.SetAsync("cache", "page", "text");

        (await Store.Invoking(s => s.GetAsync<int>("cache", "page")).Should().ThrowAsync<StateCorruptionException>()).Which.InnerException.Should().BeOfType<JsonException>();
    }

    [Test]
    public async Task SetAsync_After_ExpiresThen()
    {
        var begin = Now;
        await Store.SetAsync("cache", "page", 1, StateExpiry.After(Tick * 9));
        var expires = (await Store.PeekAsync<int>("cache", "page"))!.ExpiresAt;
        AssertSince(expires, begin, Tick * 9);
        await AdvanceAsync(2);
        var still = await Store.GetAsync<int>("cache", "page");
        await AdvanceAsync(8);

        still!.ExpiresAt.Should().Be(expires, "it does not slide");
        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
        (await Store.ExistsAsync("cache", "page")).Should().BeFalse();
        (await Store.DeleteAsync("cache", "page")).Should().BeFalse();
        (await Store.ListKeysAsync("cache")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task SetAsync_WithoutExpiry_EndsAnOldOne()
    {
        await Store.SetAsync("cache", "page", 1, StateExpiry.After(Tick));
        await Store.SetAsync("cache", "page", 2);
        await AdvanceAsync(3);

        (await Store.GetAsync<int>("cache", "page"))!.ExpiresAt.Should().BeNull();
        (await Store.CleanupAsync()).Should().Be(0);
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("page");
    }

    [Test]
    public async Task SetAsync_Keep_LeavesTheExpiry()
    {
        await Store.SetAsync("cache", "page", 1, StateExpiry.After(Tick * 10));
        var before = await Store.PeekAsync<int>("cache", "page");
        await AdvanceAsync(1);
        await Store.SetAsync("cache", "page", 2, StateExpiry.Keep);
        await Store.SetAsync("cache", "page", 3, StateExpiry.Keep, StateCondition.IfExists);
        await Store.SetAsync("cache", "new", 1, StateExpiry.Keep);
        await Store.SetAsync("cache", "newer", 1, StateExpiry.Keep, StateCondition.IfAbsent);

        var after = await Store.PeekAsync<int>("cache", "page");
        (after!.Value, after.ExpiresAt).Should().Be((3, before!.ExpiresAt));
        (await Store.PeekAsync<int>("cache", "new"))!.ExpiresAt.Should().BeNull();
        (await Store.PeekAsync<int>("cache", "newer"))!.ExpiresAt.Should().BeNull();
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("new", "newer", "page");
        await Store.Invoking(s => s.SetAsync("cache", "page", 4, StateExpiry.Keep, StateCondition.IfAbsent)).Should().ThrowAsync<StateConflictException>();
        await Store.Invoking(s => s.SetAsync("cache", "absent", 4, StateExpiry.Keep, StateCondition.IfExists)).Should().ThrowAsync<StateConflictException>();
        await AdvanceAsync(10);
        (await Store.PeekAsync<int>("cache", "page")).Should().BeNull();
    }

    [Test]
    public async Task GetAsync_Sliding_SlidesAndPeekDoesNot()
    {
        await Store.SetAsync("cache", "read", 1, StateExpiry.Sliding(Tick * 9));
        await Store.SetAsync("cache", "peeked", 1, StateExpiry.Sliding(Tick * 9));
        for (var i = 0; i < 3; i++)
        {
            await AdvanceAsync(4);
            if (i == 0) (await Store.PeekAsync<int>("cache", "peeked")).Should().NotBeNull();
            var begin = Now;
            AssertSince((await Store.GetAsync<int>("cache", "read"))!.ExpiresAt, begin, Tick * 9);
            await Store.ExistsAsync("cache", "peeked");
        }

        (await Store.PeekAsync<int>("cache", "peeked")).Should().BeNull();
        (await Store.PeekAsync<int>("cache", "read")).Should().NotBeNull();
        (await Store.CleanupAsync()).Should().Be(1);
        await AdvanceAsync(10);
        (await Store.CleanupAsync()).Should().Be(1);
    }

    [Test]
    public async Task GetAsync_SlidingWithAnEnd_EndsThere()
    {
        await Store.SetAsync("cache", "page", 1, StateExpiry.Sliding(Tick * 12, atMost: Tick * 18));
        await AdvanceAsync(7);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull();
        await AdvanceAsync(6);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull("it slid");
        await AdvanceAsync(6);

        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
    }

    [Test]
    public async Task SetAsync_Conditions_AreHeld()
    {
        var first = await Store.SetAsync("cache", "page", 1, condition: StateCondition.IfAbsent);
        var taken = (await Store.Invoking(s => s.SetAsync("cache", "page", 2, condition: StateCondition.IfAbsent)).Should().ThrowAsync<StateConflictException>()).Which;
        (taken.Key, taken.Expected, taken.Actual).Should().Be(("data cache/page", null, first.ToString()));
        var second = await Store.SetAsync("cache", "page", 2, condition: StateCondition.IfMatch(first));
        var stale = (await Store.Invoking(s => s.SetAsync("cache", "page", 3, condition: StateCondition.IfMatch(first))).Should().ThrowAsync<StateConflictException>()).Which;
        (stale.Expected, stale.Actual).Should().Be((first.ToString(), second.ToString()));
        await Store.SetAsync("cache", "page", 4, condition: StateCondition.IfExists);
        var absent = (await Store.Invoking(s => s.SetAsync("cache", "other", 1, condition: StateCondition.IfExists)).Should().ThrowAsync<StateConflictException>()).Which;
        absent.Actual.Should().BeNull();

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(4);
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("page");
    }

    [Test]
    public async Task SetAsync_64AtOnceIfAbsent_OneWins()
    {
        var other = await JoinAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            try
            {
                return (caller, (await (caller % 2 == 0 ? State : other).Store.SetAsync("locks", "one", caller, condition: StateCondition.IfAbsent)).IsEmpty);
            }
            catch (StateConflictException)
            {
                return (-1, true);
            }
        })));

        var winner = outcomes.Should().ContainSingle(o => o.Item1 >= 0).Which;
        (await Store.GetAsync<int>("locks", "one"))!.Value.Should().Be(winner.Item1);
    }

    [Test]
    public async Task UpdateAsync_AbsentAndThere_BuildsOnWhatIsThere()
    {
        var first = await Store.UpdateAsync<List<string>>("notes", "mine", notes => [.. notes ?? [], "a"]);
        var second = await Store.UpdateAsync<List<string>>("notes", "mine", notes => [.. notes ?? [], "b"]);

        first.Value.Should().Equal("a");
        second.Value.Should().Equal("a", "b");
        (await Store.GetAsync<List<string>>("notes", "mine"))!.Should().BeEquivalentTo(second);
        (await Store.ListKeysAsync("notes")).Items.Should().Equal("mine");
    }

    [Test]
    public async Task UpdateAsync_64AtOnce_AllSurvive()
    {
        var other = await JoinAsync();
        Provider.YieldAfterReads();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(() =>
            (caller % 2 == 0 ? State : other).Store.UpdateAsync<List<int>>("notes", "all", list => [.. list ?? [], caller]))));

        (await Store.GetAsync<List<int>>("notes", "all"))!.Value.Order().Should().Equal(Enumerable.Range(0, 64));
    }

    [Test]
    public async Task UpdateAsync_Expiry_StaysSlidesOrChanges()
    {
        await Store.SetAsync("cache", "after", 1, StateExpiry.After(Tick * 9));
        await Store.SetAsync("cache", "slides", 1, StateExpiry.Sliding(Tick * 9));
        await Store.SetAsync("cache", "changed", 1, StateExpiry.After(Tick * 9));
        await AdvanceAsync(5);
        var expires = (await Store.PeekAsync<int>("cache", "after"))!.ExpiresAt;
        (await Store.UpdateAsync<int>("cache", "after", v => v + 1)).ExpiresAt.Should().Be(expires);
        var begin = Now;
        AssertSince((await Store.UpdateAsync<int>("cache", "slides", v => v + 1)).ExpiresAt, begin, Tick * 9);
        await Store.UpdateAsync<int>("cache", "changed", v => v + 1, StateExpiry.Never);
        AssertSince((await Store.UpdateAsync<int>("cache", "new", v => v + 1, StateExpiry.After(Tick * 19))).ExpiresAt, begin, Tick * 19);
        await AdvanceAsync(5);

        (await Store.PeekAsync<int>("cache", "after")).Should().BeNull();
        (await Store.PeekAsync<int>("cache", "slides"))!.Value.Should().Be(2);
        (await Store.PeekAsync<int>("cache", "changed"))!.ExpiresAt.Should().BeNull();
        (await Store.PeekAsync<int>("cache", "new"))!.Value.Should().Be(1);
    }

    [Test]
    public async Task UpdateAsync_FunctionThrows_WritesNothing()
    {
        await Store.SetAsync("cache", "page", 1);

        await Store.Invoking(s => s.UpdateAsync<int>("cache", "page", _ => throw new TimeoutException("mine"))).Should().ThrowAsync<TimeoutException>().WithMessage("mine");
        await Store.Invoking(s => s.UpdateAsync<int>("cache", "page", null!)).Should().ThrowAsync<ArgumentNullException>();

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(1);
    }

    [Test]
    public async Task UpdateAsync_SomebodyElseIsFirst_SeesTheirs()
    {
        await Store.SetAsync("cache", "page", 1);
        Provider.BeforeNextCommit(() => Store.SetAsync("cache", "page", 10));

        (await Store.UpdateAsync<int>("cache", "page", v => v + 1)).Value.Should().Be(11);
    }

    [Test]
    public async Task DeleteAsync_There_IsGoneAndUnlisted()
    {
        var tag = await Store.SetAsync("cache", "page", 1, StateExpiry.After(Tick * 9));
        await Store.SetAsync("cache", "other", 1);

        (await Store.Invoking(s => s.DeleteAsync("cache", "page", StateCondition.IfMatch(StateETag.New()))).Should().ThrowAsync<StateConflictException>()).Which.Actual.Should().Be(tag.ToString());
        (await Store.DeleteAsync("cache", "page", StateCondition.IfMatch(tag))).Should().BeTrue();

        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("other");
        (await Store.DeleteAsync("cache", "page")).Should().BeFalse();
        (await Store.DeleteAsync("cache", "other")).Should().BeTrue();
        await AdvanceAsync(10);
        (await Store.CleanupAsync()).Should().Be(0);
    }

    [Test]
    public async Task ExpireAsync_There_ChangesOnlyTheExpiry()
    {
        var tag = await Store.SetAsync("cache", "page", 1);
        var begin = Now;
        (await Store.ExpireAsync("cache", "page", StateExpiry.After(Tick * 9))).Should().BeTrue();

        var entry = await Store.PeekAsync<int>("cache", "page");
        entry!.Value.Should().Be(1);
        AssertSince(entry.ExpiresAt, begin, Tick * 9);
        entry.ETag.Should().NotBe(tag);
        (await Store.ExpireAsync("cache", "page", StateExpiry.Sliding(Tick * 9))).Should().BeTrue();
        await AdvanceAsync(5);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull();
        await AdvanceAsync(5);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull("it slid");
        (await Store.ExpireAsync("cache", "page", StateExpiry.Never)).Should().BeTrue();
        await AdvanceAsync(10);
        (await Store.GetAsync<int>("cache", "page"))!.ExpiresAt.Should().BeNull();
        (await Store.ExpireAsync("cache", "page", StateExpiry.At(Now - Tick))).Should().BeTrue();
        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
        (await Store.ExpireAsync("cache", "page", StateExpiry.Never)).Should().BeFalse();
        await Store.Invoking(s => s.ExpireAsync("cache", "page", StateExpiry.Keep)).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task SetAsync_KeysThatLookAlike_StayApart()
    {
        (string Category, string Key)[] pairs =
        [
            ("a/b", "c"), ("a", "b/c"), ("a%2Fb", "c"), ("a", "b%2Fc"), ("a", "b"), ("A", "b"), ("a", "B"), ("ab", ""), ("a ", "b"), ("a", " b"),
            ("é", "x"), ("e\u0301", "x"), ("a:b", "c"), ("a", "b:c"), ("{a}", "b"), ("a", "{b}"),
        ];
        pairs = [.. pairs.Where(p => p.Key.Length > 0)];
        for (var i = 0; i < pairs.Length; i++) await Store.SetAsync(pairs[i].Category, pairs[i].Key, i, condition: StateCondition.IfAbsent);
        for (var i = 0; i < pairs.Length; i++) await Store.IncrementFieldAsync(pairs[i].Category, pairs[i].Key, "count", i + 1);

        for (var i = 0; i < pairs.Length; i++)
        {
            (await Store.GetAsync<int>(pairs[i].Category, pairs[i].Key))!.Value.Should().Be(i);
            (await Store.GetFieldAsync<long>(pairs[i].Category, pairs[i].Key, "count")).Should().Be(i + 1);
        }
        (await Store.ListKeysAsync("a/b")).Items.Should().Equal("c");
        (await Store.ListKeysAsync("a")).Items.Should().Equal(" b", "B", "b", "b%2Fc", "b/c", "b:c", "{b}");
        (await Store.DeleteAsync("a/b", "c")).Should().BeTrue();
        (await Store.ExistsAsync("a", "b/c")).Should().BeTrue();
    }

    [Test]
    public async Task SetAsync_HostileNames_StayApart()
    {
        foreach (var name in HostNames.Good)
        {
            await Store.SetAsync(name, "key", name, condition: StateCondition.IfAbsent);
            await Store.SetAsync("category", name, name, condition: StateCondition.IfAbsent);
            await Store.SetFieldAsync("fields", "key", name, name);
        }

        foreach (var name in HostNames.Good)
        {
            (await Store.GetAsync<string>(name, "key"))!.Value.Should().Be(name);
            (await Store.GetAsync<string>("category", name))!.Value.Should().Be(name);
            (await Store.GetFieldAsync<string>("fields", "key", name)).Should().Be(name);
            (await Store.ListKeysAsync(name)).Items.Should().Equal("key");
        }
        (await Store.ListKeysAsync("category", 1_000)).Items.Order(StringComparer.Ordinal).Should().Equal(HostNames.Good.Order(StringComparer.Ordinal));
        (await Store.GetFieldsAsync<string>("fields", "key")).Should().HaveCount(HostNames.Good.Count);
    }

    [Test]
    public async Task AnyCall_BadName_IsRefused()
    {
        foreach (var bad in HostNames.Bad.Select(name => name!))
        {
            foreach (var (category, key) in new[] { (bad, "key"), ("category", bad) })
            {
                await Store.Invoking(s => s.SetAsync(category, key, 1)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.GetAsync<int>(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.PeekAsync<int>(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.UpdateAsync<int>(category, key, v => v)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.ExistsAsync(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.DeleteAsync(category, key)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.ExpireAsync(category, key, StateExpiry.Never)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.SetFieldAsync(category, key, "f", 1)).Should().ThrowAsync<ArgumentException>();
                await Store.Invoking(s => s.GetFieldsAsync<int>(category, key)).Should().ThrowAsync<ArgumentException>();
            }
            await Store.Invoking(s => s.ListKeysAsync(bad)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.SetFieldAsync("c", "k", bad, 1)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.GetFieldAsync<int>("c", "k", bad)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.GetFieldsAsync<int>("c", "k", [bad])).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.IncrementFieldAsync("c", "k", bad)).Should().ThrowAsync<ArgumentException>();
            await Store.Invoking(s => s.RemoveFieldAsync("c", "k", bad)).Should().ThrowAsync<ArgumentException>();
        }
        (Provider.Reads, Provider.Commits).Should().Be((0, 0));
    }

    [Test]
    public async Task AnyCall_Cancelled_DoesNothing()
    {
        await Store.SetAsync("cache", "page", 1);
        var cancelled = new CancellationToken(canceled: true);

        await Store.Invoking(s => s.SetAsync("cache", "page", 2, cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Store.Invoking(s => s.GetAsync<int>("cache", "page", cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Store.Invoking(s => s.UpdateAsync<int>("cache", "page", _ => 2, cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Store.Invoking(s => s.DeleteAsync("cache", "page", cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Store.Invoking(s => s.IncrementFieldAsync("cache", "page", "f", cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Store.Invoking(s => s.ListKeysAsync("cache", cancellationToken: cancelled)).Should().ThrowAsync<OperationCanceledException>();
        await Store.Invoking(s => s.CleanupAsync(cancelled)).Should().ThrowAsync<OperationCanceledException>();
        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(1);
        (await Store.GetFieldsAsync<long>("cache", "page")).Should().BeEmpty();
    }

    [Test]
    public async Task SetAsync_BigValue_ComesBackAndTooBigIsRefused()
    {
        var big = new byte[6 * 1024 * 1024];
        for (var i = 0; i < big.Length; i++) big[i] = (byte)(i * 31 >> 3);
        await Store.SetAsync("blobs", "big", big);

        (await Store.GetAsync<byte[]>("blobs", "big"))!.Value.AsSpan().SequenceEqual(big).Should().BeTrue();
        await Store.Invoking(s => s.SetAsync("blobs", "too big", new byte[49 * 1024 * 1024])).Should().ThrowAsync<ArgumentException>().WithMessage("*67,108,864*");
        await Store.Invoking(s => s.SetFieldAsync("blobs", "too big", "f", new byte[49 * 1024 * 1024])).Should().ThrowAsync<ArgumentException>();
        (await Store.ListKeysAsync("blobs")).Items.Should().Equal("big");
    }

    [Test]
    public async Task SetAsync_CommitFails_LeavesNothing()
    {
        Provider.OnCommit = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        await Store.Invoking(s => s.SetAsync("cache", "page", 1)).Should().ThrowAsync<StateUnavailableException>();
        await Store.Invoking(s => s.IncrementFieldAsync("cache", "page", "f")).Should().ThrowAsync<StateUnavailableException>();
        Provider.OnCommit = null;
        (await Store.ListKeysAsync("cache")).Items.Should().BeEmpty();
        Provider.LoseNextReply();

        (await Store.Invoking(s => s.SetAsync("cache", "page", 1)).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(1);
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("page");
    }

    [Test]
    public async Task ForTenant_SameNames_StayApart()
    {
        var acme = State.ForTenant("acme").Store;
        await Store.SetAsync("cache", "page", 1);
        await acme.SetAsync("cache", "page", 2, StateExpiry.After(Tick * 9), StateCondition.IfAbsent);
        await acme.IncrementFieldAsync("counts", "page", "hits", 5);

        (await Store.GetAsync<int>("cache", "page"))!.Value.Should().Be(1);
        (await acme.GetAsync<int>("cache", "page"))!.Value.Should().Be(2);
        (await Store.GetFieldsAsync<long>("counts", "page")).Should().BeEmpty();
        (await Store.ListKeysAsync("counts")).Items.Should().BeEmpty();
        (await State.ForTenant("acme/cache").Store.ListKeysAsync("page")).Items.Should().BeEmpty();
        await Store.DeleteAsync("cache", "page");
        (await acme.ExistsAsync("cache", "page")).Should().BeTrue();
        await AdvanceAsync(10);
        (await State.ForTenant("other").Store.CleanupAsync()).Should().Be(0);
        (await acme.CleanupAsync()).Should().Be(1);
    }

    [Test]
    public async Task CleanupAsync_SomeExpired_CountsAndSweepsThem()
    {
        for (var i = 0; i < 40; i++) await Store.SetAsync("cache", $"key {i:00}", i, i % 2 == 0 ? StateExpiry.After(Tick * 14) : StateExpiry.Never);
        await Store.IncrementFieldAsync("cache", "counted", "f");
        await Store.ExpireAsync("cache", "counted", StateExpiry.After(Tick * 14));
        await State.ForTenant("acme").Store.SetAsync("cache", "theirs", 1, StateExpiry.After(Tick * 14));
        (await Store.CleanupAsync()).Should().Be(0);
        await AdvanceAsync(15);
        await Store.SetAsync("cache", "key 00", "again");

        (await Store.CleanupAsync()).Should().Be(21, "19 of ours, the counted one, and the other tenant's");

        (await Store.CleanupAsync()).Should().Be(0);
        (await Store.ListKeysAsync("cache")).Items.Should().HaveCount(21).And.Contain("key 00").And.NotContain("key 02");
        (await Store.GetAsync<string>("cache", "key 00"))!.Value.Should().Be("again");
    }

    [Test]
    public async Task CleanupAsync_AllExpired_LeavesNoKeyBehind()
    {
        for (var i = 0; i < 20; i++)
        {
            await Store.SetAsync($"category {i % 3}", $"key {i}", i, StateExpiry.After(Tick * 9));
            await Store.IncrementFieldAsync($"category {i % 3}", $"key {i}", "f");
        }
        await AdvanceAsync(10);

        (await Store.CleanupAsync()).Should().Be(20);

        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task SetAsync_ThenRestart_IsThere()
    {
        var tag = await Store.SetAsync("cache", "page", new Page("a", [1]));
        await Store.IncrementFieldAsync("cache", "page", "hits", 3);
        await RestartAsync();

        (await Store.GetAsync<Page>("cache", "page"))!.ETag.Should().Be(tag);
        (await Store.IncrementFieldAsync("cache", "page", "hits")).Should().Be(4);
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("page");
    }

    [Test]
    public async Task EachCall_Uncontended_TakesItsRoundTrips()
    {
        await CountAsync(() => Store.SetAsync("c", "k", 1), reads: 0, commits: 1);
        await CountAsync(() => Store.SetAsync("c", "k", 1, StateExpiry.After(Tick * 99)), reads: 0, commits: 1);
        await CountAsync(() => Store.SetAsync("c", "k", 1, StateExpiry.Keep), reads: 0, commits: 1);
        await CountAsync(() => Store.SetAsync("c", "slides", 1, StateExpiry.Sliding(Tick * 99)), reads: 0, commits: 1);
        await CountAsync(() => Store.GetAsync<int>("c", "k"), reads: 1, commits: 0);
        await CountAsync(() => Store.PeekAsync<int>("c", "k"), reads: 1, commits: 0);
        await CountAsync(() => Store.ExistsAsync("c", "k"), reads: 1, commits: 0);
        await CountAsync(() => Store.UpdateAsync<int>("c", "k", v => v + 1), reads: 1, commits: 1);
        await CountAsync(() => Store.ExpireAsync("c", "k", StateExpiry.Never), reads: 1, commits: 1);
        await CountAsync(() => Store.IncrementFieldAsync("c", "k", "f"), reads: 1, commits: 2);
        await CountAsync(() => Store.IncrementFieldAsync("c", "k", "f"), reads: 0, commits: 1);
        await CountAsync(() => Store.IncrementFieldAsync("c", "k", "g"), reads: 0, commits: 1);
        await CountAsync(() => Store.SetFieldAsync("c", "k", "h", 1), reads: 0, commits: 1);
        await CountAsync(() => Store.GetFieldAsync<long>("c", "k", "f"), reads: 1, commits: 0);
        await CountAsync(() => Store.GetFieldsAsync<long>("c", "k"), reads: 1, commits: 0);
        await CountAsync(() => Store.RemoveFieldAsync("c", "k", "f"), reads: 1, commits: 1);
        await CountAsync(() => Store.ListKeysAsync("c"), reads: 2, commits: 0);
        await CountAsync(() => Store.DeleteAsync("c", "k"), reads: 0, commits: 1);
    }

    /// <summary>Asserts that a lifetime was counted from some instant between one and now; some servers tell instants to the millisecond, and clocks differ by a fraction of a tick.</summary>
    private void AssertSince(DateTimeOffset? expires, DateTimeOffset begin, TimeSpan lifetime) =>
        expires.Should().BeOnOrAfter(begin + lifetime - Tick / 4).And.BeOnOrBefore(Now + lifetime + Tick / 4);

    private async Task CountAsync(Func<Task> call, int reads, int commits)
    {
        Provider.ResetCounts();
        await call();
        (Provider.Reads, Provider.Commits).Should().Be((reads, commits));
    }

    private sealed record Page(string Title, IReadOnlyList<int> Numbers);
}
