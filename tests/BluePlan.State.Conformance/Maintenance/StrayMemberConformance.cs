using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>An index of one tenant holds what can be none of its members, as after a restore of a backup that somebody made up: no maintenance and no listing ends with it, of that tenant or of others.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StrayMemberConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const long Most = (1L << 53) - 1;

    private static readonly string TooLong = new('/', 1000);

    private static readonly string[] Hostile =
        ["!", "acme", "acme/", "acme/ann", "acme/ann/x", "acme/ann/", "acme//x", "acme/ann/0123456789abcdef0123456789abcdef/more", "acme/%61nn/x", "acme/a%2fnn/0123456789abcdef0123456789abcdef", $"acme/{TooLong}", $"{TooLong}x/ann/x", "\0", "acme/ann/%"];

    [TestCase("session-expiry")]
    [TestCase("conversation-expiry")]
    [TestCase("data-expiry")]
    [TestCase("usage-pending")]
    [TestCase("usage-tenants")]
    [TestCase("usage-cleaned")]
    public async Task MaintainAsync_StraysInTheHousekeeping_DoesAllTheRest(string type)
    {
        await FillAsync();
        await EverywhereAsync(type, partition => new(partition, StateShape.Index, type, "all"), [.. Hostile.Select(static member => new IndexMember(member, 1))]);
        if (type is "usage-pending" or "usage-tenants" or "usage-cleaned")
            await EverywhereAsync(type, partition => new(partition, StateShape.Index, type, "all"), [new("acme/ann/a/739676/1//1/1:rm", Most), new("acme/", Most), new("/", type is "usage-cleaned" ? 3_652_058 : 1)]);
        await AdvanceAsync(2);

        var report = await State.MaintainAsync();
        report.Sessions.Should().Be(2, "what has expired is swept for every tenant");
        report.DataKeys.Should().BeGreaterThanOrEqualTo(2, "a member may be well-formed, and its key is not there");
        foreach (var tenant in new[] { "", "acme", "other" })
        {
            var state = State.ForTenant(tenant);
            (await state.TokenUsage.GetDashboardAsync()).Today.All.Requests.Should().Be(tenant == "other" ? 0 : 1);
            (await state.MaintainAsync()).Should().BeEquivalentTo(new { Sessions = 0, Conversations = 0, DataKeys = 0 });
            (await state.Sessions.ListAsync<int>("ann")).Items.Should().BeEmpty();
        }
        if (type is "usage-cleaned") return; // read by name, so strays harm nobody
        (await MembersAsync(type)).Should().NotContain(Hostile);
    }

    [Test]
    public async Task MaintainAsync_TwoMembersNameOneConversation_DropsItOnce()
    {
        var partition = 0;
        const string id = "0000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        await Provider.OpenAsync(32, default);
        await Provider.CommitAsync(new(new SetScores(new(partition, StateShape.Index, "conversation-expiry", "all"), [new($"acme/ann/{id}", 1), new($"acme/bob/{id}", 1)])), default);

        (await State.MaintainAsync()).Conversations.Should().Be(2);

        (await MembersAsync("conversation-expiry")).Should().BeEmpty();
    }

    // How many strays come before the first that is none decides what ends the page on which it stands.
    [Test]
    public async Task ListAsync_StraysInAUsersListings_ShowsAllThatIsThere([Values] bool refused, [Values(1, 4)] int pageSize, [Values(29, 30)] int count)
    {
        var acme = State.ForTenant("acme");
        for (var number = 0; number < 5; number++)
        {
            await acme.Sessions.CreateAsync("ann", number, new() { Expiry = StateExpiry.Never });
            await acme.History.CreateAsync("ann");
            await acme.Store.SetAsync("drafts", $"k{number}", number);
        }
        var strays = Enumerable.Range(0, count).Select(static number => new IndexMember($"stray {number} {TooLong}", Most - number)).ToArray();
        foreach (var (type, id) in new[] { ("user-sessions", "acme/ann"), ("user-conversations", "acme/ann"), ("data-keys", "acme/drafts") })
            await EverywhereAsync(type, partition => new(partition, StateShape.Index, type, id), [.. strays.Select(stray => type == "data-keys" ? stray with { Score = 0 } : stray)]);
        // Well-formed and dated, but no conversation's id, and between the conversations.
        var score = (await acme.History.ListAsync("ann")).Items[0].LastActivityAt.ToUnixTimeMilliseconds();
        await EverywhereAsync("user-conversations", partition => new(partition, StateShape.Index, "user-conversations", "acme/ann"), [.. Enumerable.Range(0, 9).Select(number => new IndexMember($"stray {number}", score - number))]);
        await Provider.CommitAsync(new(new SetFields((await KeyOfAsync("config-names", async () => await acme.Config.SaveAsync("chat", 1))), [new("stray", new("bytes"u8.ToArray())), new("short", new(new long[] { 1 }))])), default);
        var commits = 0;
        Provider.OnCommit = (_, next) =>
        {
            commits++;
            return refused ? throw new StateUnavailableException("It is read-only.", mayHaveBeenWritten: false) : next();
        };

        (await AllAsync(after => acme.Sessions.ListAsync<int>("ann", pageSize, after))).Select(static s => s.Data).Should().BeEquivalentTo([0, 1, 2, 3, 4]);
        (await AllAsync(after => acme.History.ListAsync("ann", pageSize, after))).Should().HaveCount(5);
        (await AllAsync(after => acme.Store.ListKeysAsync("drafts", pageSize, after))).Should().BeEquivalentTo("k0", "k1", "k2", "k3", "k4");
        (await acme.Config.ListAsync()).Select(static c => c.Name).Should().Equal("chat");
        commits.Should().Be(0, "a listing writes nothing");
        if (refused) return;
        (await acme.Sessions.DeleteAllAsync("ann")).Should().Be(5);
        (await acme.History.DeleteAllAsync("ann")).Should().Be(5);
    }

    // As an earlier version imported it, or a later one may write it.
    [Test]
    public async Task ListAsync_ConversationWithATimeThatNoListingHas_IsPassedOverAndNotLost()
    {
        var id = (await State.History.CreateAsync("ann")).Id;
        var listing = await ListingOfAsync("user-conversations", id);
        await Provider.CommitAsync(new(new SetScores(listing, [new(id, Most)])), default);

        (await State.History.ListAsync("ann")).Items.Should().BeEmpty();
        await State.MaintainAsync();

        (await State.History.GetAsync(id)).Should().NotBeNull();
        (await Provider.ReadAsync(new IndexRead(listing), default))!.Members.Should().Equal([new IndexMember(id, Most)], "what can be found again is not lost");
    }

    [Test]
    public async Task DeleteAllAsync_ConversationWithATimeThatNoListingHas_DeletesItToo()
    {
        var id = (await State.History.CreateAsync("ann")).Id;
        var listing = await ListingOfAsync("user-conversations", id);
        await Provider.CommitAsync(new(new SetScores(listing, [new(id, Most)])), default);

        (await State.History.DeleteAllAsync("ann")).Should().Be(1);

        (await State.History.GetAsync(id)).Should().BeNull();
        (await Provider.ReadAsync(new IndexRead(listing), default)).Should().BeNull();
    }

    [Test]
    public async Task ListKeysAsync_StraysFillMoreThanAPage_FindsTheKeysBehindThem()
    {
        var listing = await KeyOfAsync("data-keys", () => State.Store.SetAsync("drafts", "k0", 0));
        for (var number = 1; number < 40; number++) await State.Store.SetAsync("drafts", $"k{number}", number);
        // They stand before every key of that partition.
        await Provider.CommitAsync(new(new SetScores(listing, [.. Enumerable.Range(0, 1_100).Select(static number => new IndexMember($"a{number}{TooLong}", 0))])), default);

        (await AllAsync(after => State.Store.ListKeysAsync("drafts", 7, after))).Should().BeEquivalentTo(Enumerable.Range(0, 40).Select(static number => $"k{number}")).And.BeInAscendingOrder(StringComparer.Ordinal);
    }

    private async Task FillAsync()
    {
        foreach (var tenant in new[] { "", "acme" })
        {
            var state = State.ForTenant(tenant);
            await state.Sessions.CreateAsync("ann", 1, new() { Expiry = StateExpiry.After(Tick) });
            await state.Store.SetAsync("drafts", "one", 1, StateExpiry.After(Tick));
            await state.TokenUsage.RecordAsync(new() { RequestId = "r", UserId = "ann", Model = "m", InputTokens = 1 });
        }
    }

    private async Task EverywhereAsync(string type, Func<int, StateKey> key, IndexMember[] members)
    {
        await State.Store.ExistsAsync("any", "thing"); // opens the store
        for (var partition = 0; partition < 32; partition++) await Provider.CommitAsync(new(new SetScores(key(partition), members)), default);
    }

    private async Task<StateKey> ListingOfAsync(string type, string member)
    {
        await foreach (var record in Provider.ExportAsync(default))
            if (record.Key.Type == type && record.Content is IndexContent index && index.Members.Any(m => m.Member == member)) return record.Key;
        throw new InvalidOperationException("It is listed nowhere.");
    }

    private async Task<List<string>> MembersAsync(string type)
    {
        var contents = await Provider.ReadAsync([.. Enumerable.Range(0, 32).Select(partition => new IndexRead(new(partition, StateShape.Index, type, "all")))], default);
        return [.. contents.OfType<IndexContent>().SelectMany(static content => content.Members).Select(static member => member.Member)];
    }

    private async Task<StateKey> KeyOfAsync(string type, Func<Task> write)
    {
        StateKey? found = null;
        Provider.OnCommit = (commit, next) =>
        {
            found ??= commit.Operations.Select(static operation => operation.Key).Where(key => key.Type == type).Cast<StateKey?>().FirstOrDefault();
            return next();
        };
        await write();
        Provider.OnCommit = null;
        return found!.Value;
    }

    private static async Task<List<T>> AllAsync<T>(Func<string?, Task<StatePage<T>>> list)
    {
        var (items, after) = (new List<T>(), (string?)null);
        for (var pages = 0; pages < 100; pages++)
        {
            var page = await list(after);
            items.AddRange(page.Items);
            if ((after = page.Next) is null) return items;
        }
        throw new InvalidOperationException("The listing does not end.");
    }
}
