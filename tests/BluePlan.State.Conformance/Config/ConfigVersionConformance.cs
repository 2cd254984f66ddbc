using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IConfigManager"/>: the versions that are kept, deletion, which is one of them, and the way back to one.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ConfigVersionConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IConfigManager Config => State.Config;

    [Test]
    public async Task SaveAsync_MoreThanAreKept_KeepsTheNewest()
    {
        await StartAsync(b => b.Configure(o => o.Config.KeepVersions = 3));
        for (var i = 1; i <= 5; i++) await Config.SaveAsync("chat", i * 10);

        (await Config.ListVersionsAsync("chat")).Select(v => v.Version).Should().Equal(5, 4, 3);
        (await Config.LoadAsync<int>("chat", 3))!.Value.Should().Be(30);
        (await Config.LoadAsync<int>("chat", 2)).Should().BeNull();
        var gone = (await Config.Invoking(c => c.RollbackAsync("chat", 2)).Should().ThrowAsync<StateNotFoundException>()).Which;
        gone.Key.Should().Be("config chat");
        (await Config.LoadAsync<int>("chat"))!.Version.Should().Be(5);
    }

    [Test]
    public async Task SaveAsync_KeepsOneVersion_StillKnowsTheNumbers()
    {
        await StartAsync(b => b.Configure(o => o.Config.KeepVersions = 1));
        for (var i = 1; i <= 3; i++) await Config.SaveAsync("chat", i);
        await Config.DeleteAsync("chat");

        (await Config.SaveAsync("chat", 5, expectedVersion: 0)).Version.Should().Be(5);
        (await Config.ListVersionsAsync("chat")).Should().ContainSingle().Which.Version.Should().Be(5);
    }

    [Test]
    public async Task DeleteAsync_There_IsAVersionThatHasNoValue()
    {
        await Config.SaveAsync("chat", "a");
        (await Config.DeleteAsync("chat")).Should().BeTrue();

        (await Config.LoadAsync<string>("chat")).Should().BeNull();
        (await Config.LoadAsync<string>("chat", 2)).Should().BeNull();
        (await Config.LoadAsync<string>("chat", 1))!.Value.Should().Be("a");
        (await Config.ListAsync()).Should().BeEmpty();
        (await Config.ListVersionsAsync("chat")).Select(v => (v.Version, v.IsDeletion)).Should().Equal((2L, true), (1L, false));
        (await Config.DeleteAsync("chat")).Should().BeFalse();
        (await Config.ListVersionsAsync("chat")).Should().HaveCount(2);
    }

    [Test]
    public async Task LoadAsync_VersionUnderTheNumberOfAnother_IsCorrupt()
    {
        await Config.SaveAsync("chat", "a");
        await Config.SaveAsync("chat", "b");
        await Config.SaveAsync("chat", "c");
        var versions = (await ExportAsync()).Single(static r => r.Key is { Shape: StateShape.Log, Type: "config-versions" }).Key;
        var second = ((LogContent)(await Provider.ReadOneAsync(new LogRead(versions, 2, 2), default))!).Entries[0];
        await Provider.CommitAsync(new(new ReplaceEntry(versions, 1, second.Value)), default);

        (await Config.LoadAsync<string>("chat", 2))!.Value.Should().Be("b");
        (await Config.Invoking(c => c.LoadAsync<string>("chat", 1)).Should().ThrowAsync<StateCorruptionException>()).Which.Message.Should().Contain("Version 1").And.Contain("version 2").And.NotContain("chat");
        await Config.Invoking(c => c.RollbackAsync("chat", 1)).Should().ThrowAsync<StateCorruptionException>();
        await Config.Invoking(c => c.ListVersionsAsync("chat")).Should().ThrowAsync<StateCorruptionException>();
        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("c");
    }

    [Test]
    public async Task DeleteAsync_ExpectedVersion_IsRespected()
    {
        await Config.SaveAsync("chat", "a");
        await Config.SaveAsync("chat", "b");

        (await Config.Invoking(c => c.DeleteAsync("chat", expectedVersion: 1)).Should().ThrowAsync<StateConflictException>()).Which.Actual.Should().Be("2");
        (await Config.DeleteAsync("chat", expectedVersion: 2)).Should().BeTrue();
        (await Config.DeleteAsync("chat", expectedVersion: 2)).Should().BeFalse();
        (await Config.DeleteAsync("never", expectedVersion: 1)).Should().BeFalse();
    }

    [Test]
    public async Task SaveAsync_AfterDeletion_GoesOnCounting()
    {
        await Config.SaveAsync("chat", "a");
        await Config.DeleteAsync("chat");

        (await Config.Invoking(c => c.SaveAsync("chat", "b", expectedVersion: 2)).Should().ThrowAsync<StateConflictException>()).Which.Actual.Should().BeNull();
        (await Config.SaveAsync("chat", "b", expectedVersion: 0)).Version.Should().Be(3);
        (await Config.ListAsync()).Select(v => (v.Name, v.Version)).Should().Equal(("chat", 3L));
    }

    [Test]
    public async Task RollbackAsync_KeptVersion_IsTheNextVersion()
    {
        await Config.SaveAsync("chat", new ChatSettings("good"));
        await Config.SaveAsync("chat", new ChatSettings("bad"));

        var rolled = await Config.RollbackAsync("chat", 1);

        (rolled.Name, rolled.Version, rolled.IsDeletion).Should().Be(("chat", 3L, false));
        (await Config.LoadAsync<ChatSettings>("chat"))!.Should().BeEquivalentTo(new ConfigEntry<ChatSettings>("chat", 3, rolled.SavedAt, new ChatSettings("good")));
        (await Config.LoadAsync<ChatSettings>("chat", 2))!.Value.Model.Should().Be("bad");
    }

    [Test]
    public async Task RollbackAsync_Deleted_BringsItBack()
    {
        await Config.SaveAsync("chat", "a");
        await Config.DeleteAsync("chat");

        (await Config.Invoking(c => c.RollbackAsync("chat", 2)).Should().ThrowAsync<StateNotFoundException>()).Which.Message.Should().Contain("deletion");
        (await Config.RollbackAsync("chat", 1, expectedVersion: 0)).Version.Should().Be(3);
        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("a");
        (await Config.ListAsync()).Should().ContainSingle();
    }

    [Test]
    public async Task RollbackAsync_ExpectedVersionIsStale_ChangesNothing()
    {
        await Config.SaveAsync("chat", "a");
        await Config.SaveAsync("chat", "b");
        Provider.BeforeNextCommit(() => Config.SaveAsync("chat", "c"));

        (await Config.Invoking(c => c.RollbackAsync("chat", 1, expectedVersion: 2)).Should().ThrowAsync<StateConflictException>()).Which.Actual.Should().Be("3");

        (await Config.LoadAsync<string>("chat"))!.Value.Should().Be("c");
        await Config.Invoking(c => c.RollbackAsync("never", 1)).Should().ThrowAsync<StateNotFoundException>();
    }
}
