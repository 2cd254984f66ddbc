using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore"/>: values as they are set, read, deleted, and what a call costs.</summary>
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

        var thrown = (await Store.Invoking(s => s.GetAsync<int>("cache", "page")).Should().ThrowAsync<StateSchemaException>()).Which;
        (thrown.TargetType, thrown.Key).Should().Be((typeof(int), "data cache/page"));
        thrown.InnerException.Should().BeOfType<JsonException>();
        thrown.Message.Should().NotContain("page").And.NotContain("corrupt");
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
        await CountAsync(() => Store.ExpireAsync("c", "k", StateExpiry.Never), reads: 0, commits: 1);
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

    private async Task CountAsync(Func<Task> call, int reads, int commits)
    {
        Provider.ResetCounts();
        await call();
        (Provider.Reads, Provider.Commits).Should().Be((reads, commits));
    }

    private sealed record Page(string Title, IReadOnlyList<int> Numbers);
}
