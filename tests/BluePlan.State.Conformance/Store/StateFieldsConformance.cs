using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore"/>: fields and counters.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StateFieldsConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const long Maximum = (1L << 53) - 1;

    private IStateStore Store => State.Store;

    [Test]
    public async Task GetFieldAsync_WasSet_IsTheValue()
    {
        await Store.SetFieldAsync("user", "li", "name", "李");
        await Store.SetFieldAsync("user", "li", "tags", new[] { "a", "b" });
        await Store.SetFieldAsync("user", "li", "name", "李雷");

        (await Store.GetFieldAsync<string>("user", "li", "name")).Should().Be("李雷");
        (await Store.GetFieldAsync<string[]>("user", "li", "tags")).Should().Equal("a", "b");
        (await Store.GetFieldAsync<string>("user", "li", "absent")).Should().BeNull();
        (await Store.GetFieldAsync<int>("user", "han", "name")).Should().Be(0);
        (await Store.ExistsAsync("user", "li")).Should().BeTrue();
        (await Store.ListKeysAsync("user")).Items.Should().Equal("li");
    }

    [Test]
    public async Task GetAsync_OnlyFields_IsNull()
    {
        await Store.SetFieldAsync("user", "li", "name", "李");

        (await Store.GetAsync<string>("user", "li")).Should().BeNull();
        (await Store.PeekAsync<string>("user", "li")).Should().BeNull();
        await Store.Invoking(s => s.SetAsync("user", "li", 1, condition: StateCondition.IfAbsent)).Should().ThrowAsync<StateConflictException>();
        await Store.SetAsync("user", "li", "value", condition: StateCondition.IfExists);
        (await Store.GetAsync<string>("user", "li"))!.Value.Should().Be("value");
        (await Store.GetFieldAsync<string>("user", "li", "name")).Should().Be("李");
    }

    [Test]
    public async Task UpdateAsync_OnlyFields_SeesNoValueAndKeepsFields()
    {
        await Store.IncrementFieldAsync("user", "li", "visits");

        (await Store.UpdateAsync<string>("user", "li", was => was ?? "first")).Value.Should().Be("first");

        (await Store.GetFieldAsync<long>("user", "li", "visits")).Should().Be(1);
    }

    [Test]
    public async Task GetFieldsAsync_AllOrSome_AreThoseThatAreThere()
    {
        await Store.SetFieldAsync("user", "li", "a", 1);
        await Store.SetFieldAsync("user", "li", "b", 2);
        await Store.SetFieldAsync("user", "li", "c", 3);

        (await Store.GetFieldsAsync<int>("user", "li")).Should().BeEquivalentTo(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2, ["c"] = 3 });
        (await Store.GetFieldsAsync<int>("user", "li", ["c", "x", "a"])).Should().BeEquivalentTo(new Dictionary<string, int> { ["a"] = 1, ["c"] = 3 });
        (await Store.GetFieldsAsync<int>("user", "li", [])).Should().BeEmpty();
        (await Store.GetFieldsAsync<int>("user", "han")).Should().BeEmpty();
        await Store.Invoking(s => s.GetFieldsAsync<int>("user", "li", ["a", "a"])).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task IncrementFieldAsync_Several_Adds()
    {
        (await Store.IncrementFieldAsync("hits", "page", "views")).Should().Be(1);
        (await Store.IncrementFieldAsync("hits", "page", "views", 41)).Should().Be(42);
        (await Store.IncrementFieldAsync("hits", "page", "views", -50)).Should().Be(-8);
        (await Store.IncrementFieldAsync("hits", "page", "other", 0)).Should().Be(0);

        (await Store.GetFieldAsync<long>("hits", "page", "views")).Should().Be(-8);
        (await Store.GetFieldsAsync<long>("hits", "page")).Should().BeEquivalentTo(new Dictionary<string, long> { ["views"] = -8, ["other"] = 0 });
    }

    [Test]
    public async Task IncrementFieldAsync_64AtOnce_IsExact()
    {
        const int callers = 64, each = 8;
        var other = await JoinAsync();
        Provider.YieldAfterReads();
        var answers = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var seen = new List<long>();
            for (var i = 0; i < each; i++) seen.Add(await (caller % 2 == 0 ? State : other).Store.IncrementFieldAsync("hits", "page", "views"));
            return seen;
        })));

        (await Store.GetFieldAsync<long>("hits", "page", "views")).Should().Be(callers * each);
        answers.SelectMany(a => a).Order().Should().Equal(Enumerable.Range(1, callers * each).Select(i => (long)i), "each answer is given once");
    }

    [Test]
    public async Task IncrementFieldAsync_WouldOverflow_WritesNothing()
    {
        await Store.IncrementFieldAsync("hits", "page", "views", Maximum);

        await Store.Invoking(s => s.IncrementFieldAsync("hits", "page", "views")).Should().ThrowAsync<OverflowException>();
        await Store.Invoking(s => s.IncrementFieldAsync("hits", "page", "views", Maximum + 1)).Should().ThrowAsync<ArgumentException>();
        await Store.Invoking(s => s.IncrementFieldAsync("hits", "page", "views", long.MinValue)).Should().ThrowAsync<ArgumentException>();

        (await Store.GetFieldAsync<long>("hits", "page", "views")).Should().Be(Maximum);
    }

    [Test]
    public async Task IncrementFieldAsync_FieldHoldsAValue_SaysSo()
    {
        await Store.SetFieldAsync("hits", "page", "views", 5L);

        await Store.Invoking(s => s.IncrementFieldAsync("hits", "page", "views")).Should().ThrowAsync<InvalidOperationException>();

        (await Store.GetFieldAsync<long>("hits", "page", "views")).Should().Be(5);
    }

    [Test]
    public async Task GetFieldAsync_Counter_ReadsAsNumberOnly()
    {
        await Store.IncrementFieldAsync("hits", "page", "views", 7);
        await Store.SetFieldAsync("hits", "page", "title", "Home");

        (await Store.GetFieldAsync<JsonElement>("hits", "page", "views")).GetInt64().Should().Be(7);
        var all = await Store.GetFieldsAsync<JsonElement>("hits", "page");
        (all["views"].GetInt64(), all["title"].GetString()).Should().Be((7, "Home"));
        (await Store.Invoking(s => s.GetFieldAsync<string>("hits", "page", "views")).Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("counter");
        (await Store.Invoking(s => s.GetFieldAsync<int>("hits", "page", "title")).Should().ThrowAsync<StateSchemaException>()).Which.InnerException.Should().NotBeNull();
        await Store.SetFieldAsync("hits", "page", "views", "now a text");
        (await Store.GetFieldAsync<string>("hits", "page", "views")).Should().Be("now a text");
    }

    [Test]
    public async Task RemoveFieldAsync_Last_TakesTheKeyWithIt()
    {
        await Store.SetFieldAsync("user", "li", "a", 1);
        await Store.IncrementFieldAsync("user", "li", "b");

        (await Store.RemoveFieldAsync("user", "li", "a")).Should().BeTrue();
        (await Store.RemoveFieldAsync("user", "li", "a")).Should().BeFalse();
        (await Store.ExistsAsync("user", "li")).Should().BeTrue();
        (await Store.RemoveFieldAsync("user", "li", "b")).Should().BeTrue();

        (await Store.ExistsAsync("user", "li")).Should().BeFalse();
        (await Store.ListKeysAsync("user")).Items.Should().BeEmpty();
        (await Store.RemoveFieldAsync("user", "li", "b")).Should().BeFalse();
        await Store.SetAsync("user", "li", 1, condition: StateCondition.IfAbsent);
        (await ExportAsync()).Should().HaveCount(2, "the value and its listing");
    }

    [Test]
    public async Task RemoveFieldAsync_LastWhileAValueIsSet_KeepsTheValue()
    {
        await Store.SetFieldAsync("user", "li", "a", 1);
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (++commits == 2)
            {
                Provider.OnCommit = null;
                await Store.SetAsync("user", "li", "value");
            }
            return await commit();
        };

        (await Store.RemoveFieldAsync("user", "li", "a")).Should().BeTrue();

        (await Store.GetAsync<string>("user", "li"))!.Value.Should().Be("value");
        (await Store.ListKeysAsync("user")).Items.Should().Equal("li");
    }

    [Test]
    public async Task RemoveFieldAsync_CancelledAfterTheRemoval_StillTakesTheKeyWithIt()
    {
        await Store.SetFieldAsync("user", "li", "a", 1);
        using var cancellation = new CancellationTokenSource();
        Provider.OnCommit = async (_, commit) =>
        {
            var result = await commit();
            await cancellation.CancelAsync();
            return result;
        };

        (await Store.RemoveFieldAsync("user", "li", "a", cancellation.Token)).Should().BeTrue();

        (await Store.ExistsAsync("user", "li")).Should().BeFalse();
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task RemoveFieldAsync_StoreFailsAfterTheRemoval_SaysSoAndRepeatingMakesUpForIt()
    {
        await Store.SetFieldAsync("user", "li", "a", 1);
        var commits = 0;
        Provider.OnCommit = (_, commit) => ++commits == 1 ? commit() : throw new StateUnavailableException("Writing is refused.", mayHaveBeenWritten: false);

        (await Store.Invoking(s => s.RemoveFieldAsync("user", "li", "a")).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue("the field is gone");
        Provider.OnCommit = null;
        (await Store.RemoveFieldAsync("user", "li", "a")).Should().BeFalse();

        (await Store.ExistsAsync("user", "li")).Should().BeFalse();
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task RemoveFieldAsync_LastOfAValue_LeavesTheValue()
    {
        await Store.SetAsync("user", "li", "value");
        await Store.SetFieldAsync("user", "li", "a", 1);

        (await Store.RemoveFieldAsync("user", "li", "a")).Should().BeTrue();

        (await Store.GetAsync<string>("user", "li"))!.Value.Should().Be("value");
        (await Store.ListKeysAsync("user")).Items.Should().Equal("li");
    }

    [Test]
    public async Task RemoveFieldAsync_LastWhileAnotherIsSet_KeepsTheKey()
    {
        await Store.SetFieldAsync("user", "li", "a", 1);
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (++commits == 2)
            {
                Provider.OnCommit = null;
                await Store.SetFieldAsync("user", "li", "b", 2);
            }
            return await commit();
        };

        (await Store.RemoveFieldAsync("user", "li", "a")).Should().BeTrue();

        (await Store.GetFieldsAsync<int>("user", "li")).Should().ContainSingle().Which.Value.Should().Be(2);
        (await Store.ExistsAsync("user", "li")).Should().BeTrue();
        (await Store.ListKeysAsync("user")).Items.Should().Equal("li");
    }

    [Test]
    public async Task DeleteAsync_Key_TakesFieldsToo()
    {
        await Store.SetAsync("user", "li", 1);
        await Store.SetFieldAsync("user", "li", "a", 1);
        await Store.SetFieldAsync("user", "han", "a", 1);

        (await Store.DeleteAsync("user", "li")).Should().BeTrue();
        (await Store.DeleteAsync("user", "han")).Should().BeTrue();

        (await Store.GetFieldsAsync<int>("user", "li")).Should().BeEmpty();
        (await Store.IncrementFieldAsync("user", "li", "a")).Should().Be(1);
        (await Store.GetAsync<int>("user", "li")).Should().BeNull();
        (await Store.ExistsAsync("user", "han")).Should().BeFalse();
    }

    [Test]
    public async Task SetAsync_NewExpiry_IsTheFieldsToo()
    {
        await Store.SetAsync("user", "li", 1);
        await Store.IncrementFieldAsync("user", "li", "a");
        await Store.SetAsync("user", "li", 2, StateExpiry.After(Tick * 10));
        await AdvanceAsync(1);
        await Store.IncrementFieldAsync("user", "li", "a");
        await Store.SetFieldAsync("user", "li", "b", 1);
        await AdvanceAsync(1);
        (await Store.GetFieldsAsync<JsonElement>("user", "li")).Should().HaveCount(2);
        await AdvanceAsync(9);

        (await Store.GetAsync<int>("user", "li")).Should().BeNull();
        (await Store.GetFieldsAsync<JsonElement>("user", "li")).Should().BeEmpty();
        (await Store.IncrementFieldAsync("user", "li", "a")).Should().Be(1, "it died");
        await AdvanceAsync(3);
        (await Store.GetFieldAsync<long>("user", "li", "a")).Should().Be(1, "a new key never expires");
        (await Store.CleanupAsync()).Should().Be(0);
        (await Store.ListKeysAsync("user")).Items.Should().Equal("li");
    }

    [Test]
    public async Task IncrementFieldAsync_FirstOfAKeyThatExpires_ExpiresWithIt()
    {
        await Store.SetAsync("user", "li", 1, StateExpiry.After(Tick * 10));
        await AdvanceAsync(1);
        await Store.IncrementFieldAsync("user", "li", "a");
        await AdvanceAsync(1);
        (await Store.GetFieldAsync<long>("user", "li", "a")).Should().Be(1);
        await AdvanceAsync(9);

        (await Store.GetFieldAsync<long>("user", "li", "a")).Should().Be(0);
        (await Store.ExistsAsync("user", "li")).Should().BeFalse();
    }

    [Test]
    public async Task ExpireAsync_OnlyFields_ExpiresThem()
    {
        await Store.IncrementFieldAsync("rate", "li", "calls");
        (await Store.ExpireAsync("rate", "li", StateExpiry.After(Tick * 9))).Should().BeTrue();
        (await Store.IncrementFieldAsync("rate", "li", "calls")).Should().Be(2);
        await AdvanceAsync(10);

        (await Store.IncrementFieldAsync("rate", "li", "calls")).Should().Be(1);
        (await Store.ExpireAsync("rate", "li", StateExpiry.After(Tick * 9))).Should().BeTrue();
        (await Store.ExpireAsync("rate", "li", StateExpiry.Never)).Should().BeTrue();
        await AdvanceAsync(10);
        (await Store.GetFieldAsync<long>("rate", "li", "calls")).Should().Be(1);
    }

    [Test]
    public async Task IncrementFieldAsync_ExpiryChangesBeforeTheFirst_TakesTheNewOne()
    {
        await Store.SetAsync("user", "li", 1, StateExpiry.After(Tick * 8));
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (++commits == 2)
            {
                Provider.OnCommit = null;
                await Store.ExpireAsync("user", "li", StateExpiry.After(Tick * 17));
            }
            return await commit();
        };
        await Store.IncrementFieldAsync("user", "li", "a");
        await AdvanceAsync(9);

        (await Store.GetFieldAsync<long>("user", "li", "a")).Should().Be(1);
        (await Store.GetAsync<int>("user", "li")).Should().NotBeNull();
        await AdvanceAsync(9);
        (await Store.GetFieldAsync<long>("user", "li", "a")).Should().Be(0);
    }

    [Test]
    public async Task Sliding_AndFields_DoNotMix()
    {
        await Store.SetAsync("user", "slides", 1, StateExpiry.Sliding(Tick * 99));
        await Store.IncrementFieldAsync("user", "fields", "a");

        await Store.Invoking(s => s.IncrementFieldAsync("user", "slides", "a")).Should().ThrowAsync<InvalidOperationException>().WithMessage("*slide*");
        await Store.Invoking(s => s.SetFieldAsync("user", "slides", "a", 1)).Should().ThrowAsync<InvalidOperationException>();
        await Store.Invoking(s => s.SetAsync("user", "fields", 1, StateExpiry.Sliding(Tick))).Should().ThrowAsync<InvalidOperationException>();
        await Store.Invoking(s => s.ExpireAsync("user", "fields", StateExpiry.Sliding(Tick))).Should().ThrowAsync<InvalidOperationException>();
        await Store.Invoking(s => s.UpdateAsync<int>("user", "fields", v => v, StateExpiry.Sliding(Tick))).Should().ThrowAsync<InvalidOperationException>();

        (await Store.GetFieldsAsync<long>("user", "slides")).Should().BeEmpty();
        (await Store.GetAsync<int>("user", "fields")).Should().BeNull();
        await Store.SetAsync("user", "slides", 1);
        (await Store.IncrementFieldAsync("user", "slides", "a")).Should().Be(1);
        await Store.RemoveFieldAsync("user", "fields", "a");
        await Store.SetAsync("user", "fields", 1, StateExpiry.Sliding(Tick * 9));
    }
}
