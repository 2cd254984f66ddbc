using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What this machine's file system tells of a directory whose names change.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Platform(Exclude = "Win")]
[Parallelizable(ParallelScope.All)]
public sealed class FolderLookTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("blueplan-look-").FullName;
    private UnixFolder _folder = null!;

    private string Store => Path.Combine(_root, "store");

    public enum Change { Removed, Renamed, Replaced, Linked, Added }

    [SetUp]
    public void SetUp()
    {
        Directory.CreateDirectory(Store);
        File.WriteAllText(In("kept"), "content");
        _folder = UnixFolder.Open(Store, isPrivate: false);
        if (_folder.Look().Changed is null) Assert.Ignore("The file system here is not known to keep the time of a directory's last change.");
    }

    [TearDown]
    public void TearDown()
    {
        _folder?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public void Look_NameChangedATickLater_TellsAnotherTime([Values] Change change)
    {
        var replacement = Path.Combine(_root, "replacement");
        File.WriteAllText(replacement, "foreign");
        var before = _folder.Look();
        UntilTheClockTicks();

        switch (change)
        {
            case Change.Removed: File.Delete(In("kept")); break;
            case Change.Renamed: File.Move(In("kept"), In("moved")); break;
            case Change.Replaced: File.Move(replacement, In("kept"), overwrite: true); break;
            case Change.Linked: File.CreateSymbolicLink(In("link"), replacement); break;
            default: File.WriteAllText(In("added"), "content"); break;
        }

        _folder.Look().Should().Be(new FolderLook(true, _folder.Look().Changed)).And.NotBe(before);
    }

    [Test]
    public void Look_OnlyFilesAreWritten_TellsTheSame()
    {
        var before = _folder.Look();
        UntilTheClockTicks();

        File.AppendAllText(In("kept"), "more");

        _folder.Look().Should().Be(before, "otherwise every commit would look at every file");
    }

    [Test]
    public void Look_TimeOfTheDirectoryWasSetBack_TellsAnotherTime()
    {
        // .NET sets times to 100 ns only, so the time is one that can be set again exactly.
        var modified = Directory.GetLastWriteTimeUtc(Store);
        Directory.SetLastWriteTimeUtc(Store, modified);
        var before = _folder.Look();
        UntilTheClockTicks();

        File.Delete(In("kept"));
        Directory.SetLastWriteTimeUtc(Store, modified);

        _folder.Look().Should().NotBe(before);
    }

    [Test]
    public void Look_DirectoryMoved_IsNotAtItsPath()
    {
        Directory.Move(Store, Store + "-moved");
        _folder.Look().IsAtItsPath.Should().BeFalse();

        Directory.CreateDirectory(Store);
        _folder.Look().IsAtItsPath.Should().BeFalse("another one is");
    }

    /// <summary>Waits, by the file system itself, until a change now has a later time than the directory's last one.</summary>
    private void UntilTheClockTicks()
    {
        var other = Path.Combine(_root, "other");
        Directory.CreateDirectory(other);
        using var folder = UnixFolder.Open(other, isPrivate: false);
        for (var i = 0; folder.Look().Changed <= _folder.Look().Changed; i++)
        {
            i.Should().BeLessThan(1_000_000, "the clock of the file system goes on");
            File.WriteAllText(Path.Combine(other, "file"), "");
            File.Delete(Path.Combine(other, "file"));
        }
    }

    private string In(string name) => Path.Combine(Store, name);
}
