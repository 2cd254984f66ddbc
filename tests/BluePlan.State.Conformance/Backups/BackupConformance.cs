using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds backups of a provider to being whole: made, verified, restored, copied, and gone when deleted.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class BackupConformance<THarness> : BackupFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task CreateAsync_ThenTheStoreIsLost_RestoresEverything()
    {
        var things = await WriteAsync(State, "ann", "first");
        await WriteAsync(State, "bob", "first");
        await WriteAsync(State.ForTenant("acme"), "ann", "first");
        var backup = await Backups.CreateAsync("before the loss");
        var before = await ContentsAsync();
        await StartAsync();
        (await State.Sessions.PeekAsync<ChatState>(things.SessionId)).Should().BeNull();

        var report = await Backups.RestoreAsync(backup.Id);

        (await ContentsAsync()).Should().Equal(before);
        (report.KeysWritten, report.KeysExpired, report.RestoredTo).Should().Be((before.Count, 0, backup.CreatedAt));
        report.IsAtomic.Should().Be(Provider.Capabilities.HasFlag(StateCapabilities.AtomicReplace));
        report.UnknownTypes.Should().BeEmpty("every manager's types are known");
        backup.KeysByPart.Keys.Should().Equal(StateParts.Sessions, StateParts.History, StateParts.TokenUsage, StateParts.Config, StateParts.Store);
    }

    [Test]
    public async Task RestoreAsync_ThenTheProcessEnds_IsStillThere()
    {
        var things = await WriteAsync(State, "ann", "first");
        var backup = await Backups.CreateAsync();
        await State.Sessions.DeleteAllAsync("ann");
        await Backups.RestoreAsync(backup.Id);
        var restored = await ContentsAsync();

        await RestartAsync();

        (await State.Sessions.PeekAsync<ChatState>(things.SessionId))!.Data.Should().Be(new ChatState("first", 1));
        (await ContentsAsync()).Should().Equal(restored);
    }

    [Test]
    public async Task VerifyAsync_EveryDepth_FindsNothing()
    {
        await WriteAsync(State, "ann", "first");
        var backup = await Backups.CreateAsync();

        foreach (var depth in Enum.GetValues<BackupDepth>())
        {
            var check = await Backups.VerifyAsync(backup.Id, depth);
            check.Faults.Should().BeEmpty();
            check.Should().BeEquivalentTo(new { BackupId = backup.Id, Depth = depth, IsSound = true, BytesRead = depth is BackupDepth.Structure ? 0 : backup.StoredBytes });
        }
    }

    [Test]
    public async Task ListAndDeleteAsync_Several_KnowThoseThatAreThere()
    {
        (await Backups.ListAsync()).Should().BeEmpty();
        await WriteAsync(State, "ann", "first");
        var made = new[] { await Backups.CreateAsync("a"), await Backups.CreateAsync("b"), await Backups.CreateAsync() };

        var listed = await Backups.ListAsync();
        listed.Should().BeEquivalentTo(made);
        listed.Select(b => b.Id).Should().BeInDescendingOrder(StringComparer.Ordinal);
        (await Backups.DeleteAsync(made[1].Id)).Should().BeTrue();
        (await Backups.DeleteAsync(made[1].Id)).Should().BeFalse();

        (await Backups.ListAsync()).Select(b => b.Id).Should().BeEquivalentTo(made[0].Id, made[2].Id);
        (await Backups.VerifyAsync(made[0].Id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue();
    }

    [Test]
    public async Task RestoreAsync_IntoAnotherStore_MakesItEqualAndLeavesThisOne()
    {
        await WriteAsync(State, "ann", "first");
        var backup = await Backups.CreateAsync();
        var before = await ContentsAsync();
        await WriteAsync(State, "ann", "second");
        var now = await ContentsAsync();
        await using var other = await OtherAsync();

        await Backups.RestoreAsync(backup.Id, new() { Into = other });

        (await StoreContents.OfAsync(other)).Should().Equal(before);
        (await ContentsAsync()).Should().Equal(now);
    }

    [Test]
    public async Task CopyToAsync_AnotherStore_MakesItEqual()
    {
        await WriteAsync(State, "ann", "first");
        await WriteAsync(State.ForTenant("acme"), "ann", "first");
        await using var other = await OtherAsync();

        var report = await State.CopyToAsync(other);

        var before = await ContentsAsync();
        (await StoreContents.OfAsync(other)).Should().Equal(before);
        report.Should().Be(new CopyReport(before.Count, null, other.Capabilities.HasFlag(StateCapabilities.AtomicReplace)));
    }

    [Test]
    public async Task RestoreAsync_ExpiredSince_LeavesItOut()
    {
        var kept = await State.Sessions.CreateAsync("ann", new ChatState("kept", 1), new() { Expiry = StateExpiry.Sliding(Tick * 1_000) });
        var gone = await State.Sessions.CreateAsync("ann", new ChatState("gone", 1), new() { Expiry = StateExpiry.Sliding(Tick * 2) });
        var backup = await Backups.CreateAsync();
        await AdvanceAsync(3);

        await Backups.RestoreAsync(backup.Id);

        (await State.Sessions.PeekAsync<ChatState>(kept.Id)).Should().NotBeNull();
        (await State.Sessions.PeekAsync<ChatState>(gone.Id)).Should().BeNull();
        (await State.Sessions.CleanupAsync()).Should().Be(1, "the listing came along with what tells the cleanup when to look");
        (await State.Sessions.ListAsync<ChatState>("ann")).Items.Should().ContainSingle().Which.Handle.Should().Be(kept.Handle);
    }

    [Test]
    public async Task CreateAsync_WhileHostsWrite_IsWholeEachTime()
    {
        await WriteAsync(State, "ann", "first");
        var rounds = 0;
        using var enough = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested) await State.Store.SetAsync("busy", $"{rounds++ % 50}", rounds);
        });

        var backups = new List<Backup>();
        while (backups.Count < 3) backups.Add(await Backups.CreateAsync());
        await enough.CancelAsync();
        await writer;

        foreach (var backup in backups) (await Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).Faults.Should().BeEmpty();
    }

    [Test]
    public async Task RestoreAsync_CopyOfADamagedChunk_ChangesNothing()
    {
        await WriteAsync(State, "ann", "first");
        var backup = await Backups.CreateAsync();
        await WriteAsync(State, "ann", "second");
        var before = await ContentsAsync();
        var chunk = Target.Objects.Keys.Single(name => name.StartsWith("chunks/", StringComparison.Ordinal));
        Target.Objects[chunk] = [.. Target.Objects[chunk].Reverse()];

        await Backups.Invoking(b => b.RestoreAsync(backup.Id)).Should().ThrowAsync<StateCorruptionException>();

        (await ContentsAsync()).Should().Equal(before);
    }
}
