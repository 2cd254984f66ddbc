using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Named backups of all configs: one moment, all or nothing.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ConfigBackupConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IConfigManager Config => State.Config;

    [Test]
    public async Task RestoreAsync_ChangedMadeAndDeletedSince_IsWhatItWas()
    {
        await Config.SaveAsync("changed", new ChatSettings("before"));
        await Config.SaveAsync("deleted", "before");
        await Config.SaveAsync("same", 7);
        var backup = await Config.BackupAsync("monday");
        await Config.SaveAsync("changed", new ChatSettings("after"));
        await Config.DeleteAsync("deleted");
        await Config.SaveAsync("made", "after");

        (await Config.RestoreAsync("monday")).Should().Be(3);

        backup.Should().BeEquivalentTo(new { Name = "monday", Configs = 3 });
        (await Config.ListAsync()).Select(v => (v.Name, v.Version)).Should().Equal(("changed", 3L), ("deleted", 3L), ("same", 2L));
        (await Config.LoadAsync<ChatSettings>("changed"))!.Value.Model.Should().Be("before");
        (await Config.LoadAsync<string>("deleted"))!.Value.Should().Be("before");
        (await Config.LoadAsync<int>("same"))!.Value.Should().Be(7);
        (await Config.LoadAsync<string>("made")).Should().BeNull();
        (await Config.ListVersionsAsync("made")).Select(v => (v.Version, v.IsDeletion)).Should().Equal((2L, true), (1L, false));
        (await Config.LoadAsync<ChatSettings>("changed", 2))!.Value.Model.Should().Be("after");
        (await Config.RollbackAsync("made", 1)).Version.Should().Be(3);
    }

    [Test]
    public async Task RestoreAsync_Twice_GivesTheSameAgain()
    {
        await Config.SaveAsync("a", 1);
        await Config.BackupAsync("b");
        await Config.RestoreAsync("b");
        await Config.SaveAsync("a", 2);

        (await Config.RestoreAsync("b")).Should().Be(1);

        var entry = await Config.LoadAsync<int>("a");
        (entry!.Value, entry.Version).Should().Be((1, 4L));
    }

    [Test]
    public async Task RestoreAsync_EmptyBackup_DeletesAll()
    {
        (await Config.BackupAsync("empty")).Configs.Should().Be(0);
        (await Config.RestoreAsync("empty")).Should().Be(0);
        await Config.SaveAsync("a", 1);
        await Config.SaveAsync("b", 1);

        (await Config.RestoreAsync("empty")).Should().Be(0);

        (await Config.ListAsync()).Should().BeEmpty();
        (await Config.LoadAsync<int>("a", 1))!.Value.Should().Be(1);
    }

    [Test]
    public async Task RestoreAsync_CommitFails_ChangesNothing()
    {
        for (var i = 0; i < 20; i++) await Config.SaveAsync($"config {i}", i);
        await Config.BackupAsync("b");
        for (var i = 0; i < 30; i++) await Config.SaveAsync($"config {i}", -i);
        await Config.DeleteAsync("config 7");
        var before = await PictureAsync();
        Provider.ResetCounts();
        Provider.OnCommit = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);

        await Config.Invoking(c => c.RestoreAsync("b")).Should().ThrowAsync<StateUnavailableException>();

        Provider.OnCommit = null;
        Provider.Commits.Should().Be(1, "a restore is one step");
        (await PictureAsync()).Should().Equal(before);
        (await Config.RestoreAsync("b")).Should().Be(20);
        (await PictureAsync()).Should().Equal(Enumerable.Range(0, 20).Select(i => ($"config {i}", i, i == 7 ? 4L : 3L)).OrderBy(c => c.Item1, StringComparer.Ordinal));
    }

    [Test]
    public async Task RestoreAsync_ReplyIsLost_HappenedWhole()
    {
        for (var i = 0; i < 20; i++) await Config.SaveAsync($"config {i}", i);
        await Config.BackupAsync("b");
        for (var i = 0; i < 20; i++) await Config.SaveAsync($"config {i}", -1);
        Provider.LoseNextReply();

        (await Config.Invoking(c => c.RestoreAsync("b")).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();

        (await PictureAsync()).Should().BeEquivalentTo(Enumerable.Range(0, 20).Select(i => ($"config {i}", i, 3L)));
    }

    [Test]
    public async Task RestoreAsync_SomebodySavesMeanwhile_RestoresOverIt()
    {
        await Config.SaveAsync("a", 1);
        await Config.BackupAsync("b");
        Provider.BeforeNextCommit(async () =>
        {
            await Config.SaveAsync("a", 2);
            await Config.SaveAsync("new", 2);
        });

        (await Config.RestoreAsync("b")).Should().Be(1);

        (await PictureAsync()).Should().Equal(("a", 1, 3L));
        (await Config.LoadAsync<int>("a", 2))!.Value.Should().Be(2);
    }

    [Test]
    public async Task RestoreAsync_SomebodyMakesAnotherMeanwhile_DeletesIt()
    {
        await Config.SaveAsync("a", 1);
        await Config.BackupAsync("b");
        Provider.BeforeNextCommit(() => Config.SaveAsync("new", 2));

        (await Config.RestoreAsync("b")).Should().Be(1);

        (await PictureAsync()).Should().Equal(("a", 1, 2L));
    }

    [Test]
    public async Task RestoreAsync_BackupIsDeletedMeanwhile_ChangesNothing()
    {
        await Config.SaveAsync("a", 1);
        await Config.BackupAsync("b");
        await Config.SaveAsync("a", 2);
        Provider.BeforeNextCommit(async () =>
        {
            await Config.DeleteBackupAsync("b");
            await Config.SaveAsync("a", 3);
        });

        await Config.Invoking(c => c.RestoreAsync("b")).Should().ThrowAsync<StateNotFoundException>();

        (await PictureAsync()).Should().Equal(("a", 3, 3L));
    }

    [Test]
    public async Task RestoreAsync_ReadsHalfABackup_DoesNotTakeItForAnEmptyOne()
    {
        await Config.SaveAsync("a", 1);
        await Config.BackupAsync("b");
        await Config.SaveAsync("a", 2);
        var torn = false;
        Provider.OnRead = async (reads, read) =>
        {
            // Several answers may be of several instants, as here: the backup's name was read before somebody deleted it and made it again, its content in between.
            var answers = await read();
            if (torn || reads.Count != 3) return answers;
            torn = true;
            return [answers[0], null, answers[2]];
        };

        (await Config.RestoreAsync("b")).Should().Be(1);

        torn.Should().BeTrue();
        (await PictureAsync()).Should().Equal(("a", 1, 3L));
    }

    [Test]
    public async Task RestoreAsync_NoSuchBackup_SaysSo()
    {
        await Config.SaveAsync("a", 1);

        (await Config.Invoking(c => c.RestoreAsync("b")).Should().ThrowAsync<StateNotFoundException>()).Which.Key.Should().Be("config backup b");

        (await PictureAsync()).Should().Equal(("a", 1, 1L));
    }

    [Test]
    public async Task BackupAsync_NameIsTaken_KeepsTheOld()
    {
        await Config.SaveAsync("a", 1);
        var first = await Config.BackupAsync("b");
        await Config.SaveAsync("a", 2);

        await Config.Invoking(c => c.BackupAsync("b")).Should().ThrowAsync<StateConflictException>();

        (await Config.ListBackupsAsync()).Should().Equal(first);
        await Config.RestoreAsync("b");
        (await Config.LoadAsync<int>("a"))!.Value.Should().Be(1);
    }

    [Test]
    public async Task BackupAsync_SomebodySavesMeanwhile_IsOfOneMoment()
    {
        await Config.SaveAsync("a", 1);
        await Config.SaveAsync("b", 1);
        Provider.BeforeNextCommit(async () =>
        {
            await Config.SaveAsync("a", 2);
            await Config.SaveAsync("c", 2);
        });

        (await Config.BackupAsync("x")).Configs.Should().Be(3);

        await Config.RestoreAsync("x");
        (await PictureAsync()).Select(c => (c.Name, c.Value)).Should().Equal(("a", 2), ("b", 1), ("c", 2));
    }

    [Test]
    public async Task BackupAsync_WhileOthersSave_NeverTearsWhatWasSavedInOrder()
    {
        const int saves = 60;
        var other = await JoinAsync();
        var saving = Task.Run(async () =>
        {
            for (var i = 1; i <= saves; i++)
            {
                await other.Config.SaveAsync("first", i);
                await other.Config.SaveAsync("second", i);
            }
        });
        var made = 0;
        do
        {
            try
            {
                await Config.BackupAsync($"backup {made}");
                made++;
            }
            catch (StateConflictException)
            {
                // The others were always faster; the next round tries again.
            }
        }
        while (made == 0 || (!saving.IsCompleted && made < 30));
        await saving;

        for (var i = 0; i < made; i++)
        {
            await Config.RestoreAsync($"backup {i}");
            var (first, second) = ((await Config.LoadAsync<int>("first"))?.Value ?? 0, (await Config.LoadAsync<int>("second"))?.Value ?? 0);
            (first - second).Should().BeOneOf(0, 1);
        }
    }

    [Test]
    public async Task ListBackupsAsync_Several_OrdersByName()
    {
        await Config.SaveAsync("a", 1);
        await Config.BackupAsync("b");
        await Config.SaveAsync("c", 1);
        await AdvanceAsync(1);
        await Config.BackupAsync("B");
        await Config.BackupAsync("a");

        var backups = await Config.ListBackupsAsync();
        backups.Select(b => (b.Name, b.Configs)).Should().Equal(("B", 2), ("a", 2), ("b", 1));
        backups[1].CreatedAt.Should().BeCloseTo(Now, Tick * 10).And.BeAfter(backups[2].CreatedAt);
    }

    [Test]
    public async Task DeleteBackupAsync_There_LeavesConfigsAndFreesTheName()
    {
        await Config.SaveAsync("a", 1);
        await Config.BackupAsync("b");

        (await Config.DeleteBackupAsync("b")).Should().BeTrue();
        (await Config.DeleteBackupAsync("b")).Should().BeFalse();

        (await Config.ListBackupsAsync()).Should().BeEmpty();
        await Config.SaveAsync("a", 2);
        await Config.BackupAsync("b");
        await Config.SaveAsync("a", 3);
        await Config.RestoreAsync("b");
        (await Config.LoadAsync<int>("a"))!.Value.Should().Be(2);
    }

    private async Task<IReadOnlyList<(string Name, int Value, long Version)>> PictureAsync()
    {
        var picture = new List<(string, int, long)>();
        foreach (var config in await Config.ListAsync())
        {
            var entry = (await Config.LoadAsync<int>(config.Name))!;
            entry.Version.Should().Be(config.Version);
            picture.Add((config.Name, entry.Value, entry.Version));
        }
        return picture;
    }
}
