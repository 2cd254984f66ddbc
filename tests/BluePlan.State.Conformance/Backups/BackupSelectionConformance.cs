using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds restores of a selection to what was selected: parts, users, tenants, and what merging keeps.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class BackupSelectionConformance<THarness> : BackupFixture<THarness> where THarness : StateProviderHarness, new()
{
    [TestCase(StateParts.Sessions)]
    [TestCase(StateParts.History)]
    [TestCase(StateParts.TokenUsage)]
    [TestCase(StateParts.Config)]
    [TestCase(StateParts.Store)]
    [TestCase(StateParts.Sessions | StateParts.Config)]
    public async Task RestoreAsync_Parts_UndoesThoseAlone(StateParts parts)
    {
        var first = await WriteAsync(State, "ann", "first");
        var backup = await Backups.CreateAsync();
        var second = await WriteAsync(State, "ann", "second");
        await WriteAsync(State, "bob", "second");

        var report = await Backups.RestoreAsync(backup.Id, new() { Parts = parts });

        var undone = (StateParts part) => parts.HasFlag(part);
        (await ListedAsync(State, "ann")).Should().BeEquivalentTo(undone(StateParts.Sessions) ? [first.Handle] : new[] { first.Handle, second.Handle });
        (await State.Sessions.PeekAsync<ChatState>(second.SessionId) is null).Should().Be(undone(StateParts.Sessions));
        (await ConversationsAsync(State, "ann")).Should().BeEquivalentTo(undone(StateParts.History) ? [first.ConversationId] : new[] { first.ConversationId, second.ConversationId });
        (await TextsAsync(State, second.ConversationId)).Should().Equal(undone(StateParts.History) ? [] : ["second question", "second answer"]);
        (await TotalAsync(State, UsageScope.Everyone)).Should().Be(undone(StateParts.TokenUsage) ? 110 : 330);
        (await State.TokenUsage.CountUsersAsync(UsageRange.Today)).Should().Be(undone(StateParts.TokenUsage) ? 1 : 2);
        (await State.Config.LoadAsync<string>("config of ann"))!.Value.Should().Be(undone(StateParts.Config) ? "first" : "second");
        (await State.Config.ListAsync()).Should().HaveCount(undone(StateParts.Config) ? 1 : 2);
        (await State.Store.GetAsync<string>("things", "ann"))!.Value.Should().Be(undone(StateParts.Store) ? "first" : "second");
        (await State.Store.GetFieldAsync<long>("things", "ann", "count")).Should().Be(undone(StateParts.Store) ? 1 : 2);
        (await State.Store.ListKeysAsync("things")).Items.Should().HaveCount(undone(StateParts.Store) ? 1 : 2);
        (report.IsAtomic, report.KeysRemoved).Should().Match<(bool IsAtomic, long? Removed)>(r => !r.IsAtomic && r.Removed > 0);
    }

    [Test]
    public async Task RestoreAsync_User_UndoesThatUsersThingsAlone()
    {
        var first = await WriteAsync(State, "ann", "first");
        await WriteAsync(State, "bob", "first");
        var backup = await Backups.CreateAsync();
        await State.Sessions.DeleteAllAsync("ann");
        await State.History.AppendAsync(first.ConversationId, [HistoryMessage.User("too much")]);
        var second = await WriteAsync(State, "ann", "second");
        var bobs = await WriteAsync(State, "bob", "second");

        var report = await Backups.RestoreAsync(backup.Id, new() { UserId = "ann" });

        (await ListedAsync(State, "ann")).Should().Equal(first.Handle);
        (await State.Sessions.GetAsync<ChatState>(first.SessionId))!.Data.Should().Be(new ChatState("first", 1));
        (await ConversationsAsync(State, "ann")).Should().Equal(first.ConversationId);
        (await TextsAsync(State, first.ConversationId)).Should().Equal("first question", "first answer");
        (await TextsAsync(State, second.ConversationId)).Should().BeEmpty();
        (await State.History.AppendAsync(first.ConversationId, [HistoryMessage.User("next")])).Single().Sequence.Should().Be(4, "the sequence goes on, so no number comes twice");
        (await TextsAsync(State, bobs.ConversationId)).Should().HaveCount(2);
        (await ListedAsync(State, "bob")).Should().HaveCount(2).And.Contain(bobs.Handle);
        (await TotalAsync(State, UsageScope.User("ann"))).Should().Be(110);
        (await TotalAsync(State, UsageScope.User("bob"))).Should().Be(220);
        (await TotalAsync(State, UsageScope.Everyone)).Should().Be(440, "sums over all users are nobody's own");
        (await State.Config.LoadAsync<string>("config of ann"))!.Value.Should().Be("second");
        (await State.Store.GetAsync<string>("things", "ann"))!.Value.Should().Be("second");
        report.LeftAlone.Should().NotBeEmpty();
    }

    [Test]
    public async Task RestoreAsync_User_ExpiresAndIsCleanedUpLikeBefore()
    {
        var session = await State.Sessions.CreateAsync("ann", new ChatState("short", 1), new() { Expiry = StateExpiry.Sliding(Tick * 20) });
        var backup = await Backups.CreateAsync();
        await StartAsync();
        await Backups.RestoreAsync(backup.Id, new() { UserId = "ann", Parts = StateParts.Sessions });
        (await State.Sessions.PeekAsync<ChatState>(session.Id)).Should().NotBeNull();

        await AdvanceAsync(21);

        (await State.Sessions.PeekAsync<ChatState>(session.Id)).Should().BeNull();
        (await State.Sessions.CleanupAsync()).Should().Be(1);
        (await ContentsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task RestoreAsync_Tenant_UndoesThatTenantsThingsAlone([Values] bool fromWholeStore)
    {
        var acme = State.ForTenant("acme");
        var first = await WriteAsync(acme, "ann", "first");
        await WriteAsync(State, "ann", "first");
        var backup = await (fromWholeStore ? State : acme).Backups.CreateAsync();
        await WriteAsync(acme, "ann", "second");
        await WriteAsync(State, "ann", "second");

        await acme.Backups.RestoreAsync(backup.Id);

        (await ListedAsync(acme, "ann")).Should().Equal(first.Handle);
        (await ConversationsAsync(acme, "ann")).Should().Equal(first.ConversationId);
        (await ConversationsAsync(State, "ann")).Should().HaveCount(2);
        (await TotalAsync(acme, UsageScope.Everyone)).Should().Be(110);
        (await acme.Config.LoadAsync<string>("config of ann"))!.Value.Should().Be("first");
        (await acme.Store.GetAsync<string>("things", "ann"))!.Value.Should().Be("first");
        (await ListedAsync(State, "ann")).Should().HaveCount(2);
        (await TotalAsync(State, UsageScope.Everyone)).Should().Be(220);
        (await State.Config.LoadAsync<string>("config of ann"))!.Value.Should().Be("second");
        (await State.Store.GetAsync<string>("things", "ann"))!.Value.Should().Be("second");
    }

    [Test]
    public async Task CopyToAsync_Tenant_BringsThatTenantsThingsAlone()
    {
        var acme = State.ForTenant("acme");
        await WriteAsync(acme, "ann", "first");
        await WriteAsync(State, "ann", "first");
        await using var other = await OtherAsync();

        var report = await acme.CopyToAsync(other);

        var copied = await StoreContents.OfAsync(other);
        copied.Should().HaveCount((int)report.KeysWritten).And.HaveCountGreaterThan(10);
        (await ContentsAsync()).Count.Should().BeGreaterThan(copied.Count);
        (report.KeysRemoved, report.IsAtomic).Should().Be((0, false));
    }

    [Test]
    public async Task RestoreAsync_Merge_KeepsWhatWasMadeSince()
    {
        var first = await WriteAsync(State, "ann", "first");
        await State.Store.SetAsync("things", "only then", "first");
        var backup = await Backups.CreateAsync();
        await State.Sessions.DeleteAsync(first.SessionId);
        await State.Store.DeleteAsync("things", "only then");
        var second = await WriteAsync(State, "ann", "second");
        await WriteAsync(State, "bob", "second");

        var report = await Backups.RestoreAsync(backup.Id, new() { Mode = RestoreMode.Merge });

        (await ListedAsync(State, "ann")).Should().BeEquivalentTo(first.Handle, second.Handle);
        (await ListedAsync(State, "bob")).Should().HaveCount(1);
        (await ConversationsAsync(State, "ann")).Should().BeEquivalentTo(first.ConversationId, second.ConversationId);
        (await State.Sessions.PeekAsync<ChatState>(second.SessionId)).Should().NotBeNull();
        (await State.Store.ListKeysAsync("things")).Items.Should().BeEquivalentTo("ann", "bob", "only then");
        (await State.Store.GetAsync<string>("things", "ann"))!.Value.Should().Be("first");
        (await State.Config.ListAsync()).Should().HaveCount(2);
        report.KeysRemoved.Should().Be(0);
    }

    [Test]
    public async Task RestoreAsync_Merge_UsageThatWaitedInTheBackup_CountsOnce([Values("", "acme")] string tenant, [Values(null, "ann")] string? userId)
    {
        var state = State.ForTenant(tenant);
        await RecordAsync(state, "first");
        var backup = await state.Backups.CreateAsync();
        await RecordAsync(state, "second", "another session");
        await state.TokenUsage.GetDashboardAsync();

        await state.Backups.RestoreAsync(backup.Id, new() { Mode = RestoreMode.Merge, UserId = userId });

        (await TotalAsync(state, UsageScope.User("ann"))).Should().Be(110);
        (await state.TokenUsage.GetSessionTotalsAsync("ann", "session")).All.Requests.Should().Be(1);
        // Sums over all users are nobody's own.
        var everyone = userId is null ? 1 : 2;
        (await TotalAsync(state, UsageScope.Everyone)).Should().Be(110 * everyone);
        (await state.TokenUsage.GetRankingAsync(UsageRange.Today)).Should().Equal(new UserUsage(1, "ann", 110 * everyone));
        (await state.TokenUsage.CountSessionsAsync(UsageScope.Everyone, UsageRange.Today)).Should().Be(everyone);
    }

    [Test]
    public async Task RestoreAsync_Merge_UsageThatWaitedBesideItsSums_IsAddedToThem([Values("", "acme")] string tenant)
    {
        var state = State.ForTenant(tenant);
        await RecordAsync(state, "first");
        await state.TokenUsage.GetDashboardAsync();
        await RecordAsync(state, "second");
        var backup = await state.Backups.CreateAsync();
        await RecordAsync(state, "third");

        await state.Backups.RestoreAsync(backup.Id, new() { Mode = RestoreMode.Merge });

        (await TotalAsync(state, UsageScope.User("ann"))).Should().Be(220);
        (await TotalAsync(state, UsageScope.Everyone)).Should().Be(220);
        (await state.TokenUsage.GetSessionTotalsAsync("ann", "session")).All.Requests.Should().Be(2);
    }

    [Test]
    public async Task RestoreAsync_UsageIsRecordedSince_IsUndoneWhereItIsReplaced([Values("", "acme")] string tenant, [Values(null, "ann")] string? userId)
    {
        var state = State.ForTenant(tenant);
        await RecordAsync(state, "first");
        var backup = await state.Backups.CreateAsync();
        await RecordAsync(state, "second");

        await state.Backups.RestoreAsync(backup.Id, new() { Parts = StateParts.TokenUsage, UserId = userId });

        (await TotalAsync(state, UsageScope.User("ann"))).Should().Be(110);
        (await TotalAsync(state, UsageScope.Everyone)).Should().Be(userId is null ? 110 : 220, "sums over all users are nobody's own");
        (await state.TokenUsage.GetSessionTotalsAsync("ann", "session")).All.Requests.Should().Be(1);
    }

    [Test]
    public async Task RestoreAsync_UsageIsRecordedAfterwards_ExpiresAndIsCleanedUpAsBefore([Values("", "acme")] string tenant)
    {
        var state = State.ForTenant(tenant);
        var backup = await state.Backups.CreateAsync();
        await RecordAsync(state, "first");
        await state.TokenUsage.GetDashboardAsync();

        await state.Backups.RestoreAsync(backup.Id);

        await RecordAsync(state, "second");
        (await TotalAsync(state, UsageScope.Everyone)).Should().Be(110);
        (await ExportAsync()).Where(record => record.Content.Expiry.Kind is StateExpiryKind.Never).Select(record => record.Key.Type).Should().BeEquivalentTo("usage-settings", "usage-tenants");
    }

    /// <summary>Whoever asks for another tenant's sums posts what waits of every tenant, in the middle of a restore, too.</summary>
    [Test]
    public async Task RestoreAsync_OthersAskAfterEveryStep_CountsOnce([Values("", "acme")] string tenant, [Values] RestoreMode mode)
    {
        var (state, other) = (State.ForTenant(tenant), (await JoinAsync()).ForTenant("other"));
        await RecordAsync(state, "first");
        var backup = await state.Backups.CreateAsync();
        await state.TokenUsage.GetDashboardAsync();
        await RecordAsync(state, "second");
        await state.TokenUsage.GetDashboardAsync();
        var asking = false;
        Provider.OnCommit = async (_, commit) =>
        {
            var result = await commit();
            if (asking) return result;
            asking = true;
            await other.TokenUsage.GetDashboardAsync();
            asking = false;
            return result;
        };

        await state.Backups.RestoreAsync(backup.Id, new() { Parts = StateParts.TokenUsage, Mode = mode });

        Provider.OnCommit = null;
        (await TotalAsync(state, UsageScope.User("ann"))).Should().Be(110);
        (await TotalAsync(state, UsageScope.Everyone)).Should().Be(110);
        (await state.TokenUsage.GetSessionTotalsAsync("ann", "session")).All.Requests.Should().Be(1);
    }

    [Test]
    public async Task RestoreAsync_Config_TellsThoseWhoWatch([Values(StateParts.All, StateParts.Config)] StateParts parts)
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Watch)) Assert.Ignore($"The provider '{Provider.Name}' does not offer {StateCapabilities.Watch}.");
        await State.Config.SaveAsync("chat", "first");
        var backup = await Backups.CreateAsync();
        await State.Config.SaveAsync("chat", "second");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var changes = State.Config.WatchAsync<string>("chat", patience.Token).GetAsyncEnumerator();
        await changes.MoveNextAsync();
        changes.Current!.Value.Should().Be("second");

        await Backups.RestoreAsync(backup.Id, new() { Parts = parts });

        (await changes.MoveNextAsync()).Should().BeTrue();
        changes.Current!.Value.Should().Be("first");
    }

    private static Task<bool> RecordAsync(IBluePlanState state, string request, string session = "session") =>
        state.TokenUsage.RecordAsync(new() { RequestId = request, UserId = "ann", SessionId = session, Model = "model", InputTokens = 100, OutputTokens = 10 });

    private static async Task<IEnumerable<string>> ListedAsync(IBluePlanState state, string userId) => (await state.Sessions.ListAsync<ChatState>(userId)).Items.Select(s => s.Handle);

    private static async Task<IEnumerable<string>> ConversationsAsync(IBluePlanState state, string userId) => (await state.History.ListAsync(userId)).Items.Select(c => c.Id);

    private static async Task<IEnumerable<string?>> TextsAsync(IBluePlanState state, string conversationId) => (await state.History.ReadAsync(conversationId)).Select(m => m.Text);

    private static async Task<long> TotalAsync(IBluePlanState state, UsageScope scope) => (await state.TokenUsage.GetTotalsAsync(scope, UsageRange.Today)).All.TotalTokens;
}
