using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Win32.SafeHandles;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ExclusiveRenameTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-rename-").FullName;

    private SafeFileHandle _handle = null!;

    public enum Way { Any, AtOnce, Link, Locked }

    [SetUp]
    public void SetUp()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows has one call for it.");
        _handle = UnixFiles.OpenDirectory(_directory);
    }

    [TearDown]
    public void TearDown()
    {
        _handle?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public void TryRename_NameIsFree_Moves([Values] Way way)
    {
        File.WriteAllText(In("from"), "content");

        Rename(way, "from").Should().BeTrue();

        File.ReadAllText(In("to")).Should().Be("content");
        File.Exists(In("from")).Should().BeFalse();
    }

    [Test]
    public void TryRename_NameIsTaken_ChangesNothing([Values] Way way)
    {
        File.WriteAllText(In("from"), "mine");
        File.WriteAllText(In("to"), "theirs");

        Rename(way, "from").Should().BeFalse();

        File.ReadAllText(In("to")).Should().Be("theirs");
        File.ReadAllText(In("from")).Should().Be("mine");
    }

    [Test]
    public void TryRename_DirectoryHasTheName_IsTaken([Values] Way way)
    {
        File.WriteAllText(In("from"), "mine");
        Directory.CreateDirectory(In("to"));

        Rename(way, "from").Should().BeFalse();
    }

    [Test]
    public void TryRename_OldNameOrDirectoryIsMissing_SaysSo([Values] Way way)
    {
        FluentActions.Invoking(() => Rename(way, "from")).Should().Throw<DirectoryNotFoundException>();
        File.WriteAllText(In("from"), "mine");
        FluentActions.Invoking(() => Rename(way, "from", Path.Combine("gone", "to"))).Should().Throw<DirectoryNotFoundException>();
        File.Exists(In("from")).Should().BeTrue();
    }

    [Test]
    public void TryRename_FileInTheWay_Throws([Values] Way way)
    {
        File.WriteAllText(In("from"), "mine");
        File.WriteAllText(In("file"), "no directory");

        FluentActions.Invoking(() => Rename(way, "from", Path.Combine("file", "to"))).Should().Throw<IOException>();
    }

    [Test]
    public void TryRename_ManyAtOnce_OneWins([Values] Way way)
    {
        const int Threads = 4;
        for (var round = 0; round < 200; round++)
        {
            var to = $"to{round}";
            for (var i = 0; i < Threads; i++) File.WriteAllText(In($"from{i}"), $"{i}");
            using var start = new Barrier(Threads);
            var won = new bool[Threads];
            var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                won[i] = Rename(way, $"from{i}", to);
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());

            var winner = Enumerable.Range(0, Threads).Where(i => won[i]).Should().ContainSingle().Subject;
            File.ReadAllText(In(to)).Should().Be($"{winner}");
        }
    }

    [Test]
    public void TryLink_FileHasTheNameAlready_IsDone()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Only Linux tells how many names a file has in one form.");
        File.WriteAllText(In("from"), "mine");
        using (var link = System.Diagnostics.Process.Start("ln", [In("from"), In("to")])) link.WaitForExit();

        Rename(Way.Link, "from").Should().BeTrue("a network file system repeats what it has done when the answer was lost");

        File.ReadAllText(In("to")).Should().Be("mine");
        File.Exists(In("from")).Should().BeFalse();
    }

    private string In(string name) => Path.Combine(_directory, name);

    private bool Rename(Way way, string from, string to = "to") => way switch
    {
        Way.AtOnce => ExclusiveRename.TryRenameAtOnce(_handle, from, _handle, to) ?? Missing(way),
        Way.Link => ExclusiveRename.TryLink(_handle, from, _handle, to) ?? Missing(way),
        Way.Locked => ExclusiveRename.TryRenameLocked(_handle, from, _handle, to),
        _ => ExclusiveRename.TryRename(_handle, from, _handle, to),
    };

    private static bool Missing(Way way)
    {
        Assert.Ignore($"This file system has no {way}.");
        return false;
    }
}
