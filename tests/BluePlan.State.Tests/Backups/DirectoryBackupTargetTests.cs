using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DirectoryBackupTargetTests : BackupTargetConformance
{
    private readonly string _parent;
    private readonly string _directory;

    public DirectoryBackupTargetTests()
    {
        _parent = Directory.CreateTempSubdirectory("backups@example.com-").FullName;
        _directory = Path.Combine(_parent, "deep", "backups");
        Target = new DirectoryBackupTarget(_directory + Path.DirectorySeparatorChar);
    }

    protected override IBackupTarget Target { get; }

    [TearDown]
    public void TearDown() => Directory.Delete(_parent, recursive: true);

    [TestCase("..")]
    [TestCase("../x")]
    [TestCase("a/../../x")]
    [TestCase("/etc/passwd")]
    [TestCase("a//b")]
    [TestCase("a/")]
    [TestCase("")]
    [TestCase(".tmp/x")]
    [TestCase("a/.b")]
    [TestCase("a\\b")]
    [TestCase("A")]
    [TestCase("a b")]
    [TestCase("a\0b")]
    [TestCase("c:x")]
    [TestCase("ä")]
    public async Task AnyCall_HostileName_RefusesAndTouchesNothing(string name)
    {
        await FluentActions.Invoking(() => WriteTextAsync(name, "x")).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Invoking(() => Target.OpenAsync(name)).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Invoking(() => Target.DeleteAsync(name)).Should().ThrowAsync<ArgumentException>();

        Directory.EnumerateFileSystemEntries(_parent).Should().BeEmpty();
    }

    [Test]
    public async Task AnyCall_NameAtTheLimit_Works()
    {
        var name = $"{new string('a', 100)}/{new string('b', 100)}/{new string('c', 48)}";

        await WriteTextAsync(name, "x");

        (await ListAsync("")).Should().ContainSingle().Which.Name.Should().Be(name);
        await FluentActions.Invoking(() => WriteTextAsync(name + "d", "x")).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Invoking(() => WriteTextAsync(new string('a', 101), "x")).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public void Constructor_EmptyPath_Refuses()
    {
        foreach (var path in new[] { null!, "", " " }) FluentActions.Invoking(() => new DirectoryBackupTarget(path)).Should().Throw<ArgumentException>();
        new DirectoryBackupTarget("relative").Description.Should().Be(Path.GetFullPath("relative"));
    }

    [Test]
    public async Task ReadingCalls_MissingDirectory_FindNothingAndMakeNothing()
    {
        (await ListAsync("")).Should().BeEmpty();
        (await Target.OpenAsync("a/x")).Should().BeNull();
        (await Target.DeleteAsync("a/x")).Should().BeFalse();

        Directory.EnumerateFileSystemEntries(_parent).Should().BeEmpty();
    }

    [Test]
    public async Task WriteAsync_Unix_OwnerOnly()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows has no modes.");
        await WriteTextAsync("a/x", "x");

        File.GetUnixFileMode(Path.Combine(_directory, "a", "x")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var directory in new[] { Path.Combine(_parent, "deep"), _directory, Path.Combine(_directory, "a"), Path.Combine(_directory, ".tmp") })
            File.GetUnixFileMode(directory).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, directory);
    }

    [Test]
    public async Task WriteAsync_FileInTheWay_SaysWhereAndWhatToDo()
    {
        Directory.CreateDirectory(_directory);
        await File.WriteAllTextAsync(Path.Combine(_directory, "a"), "not a directory");

        var failure = await FluentActions.Invoking(() => WriteTextAsync("a/x", "x")).Should().ThrowAsync<StateUnavailableException>();

        failure.WithMessage($"*a/x*{ShownPath.Of(_directory)}*room*").Which.InnerException.Should().BeAssignableTo<IOException>();
        failure.Which.ToString().Should().NotContain("@example.com");
        Directory.EnumerateFiles(Path.Combine(_directory, ".tmp")).Should().BeEmpty("what was begun is removed");
    }

    [Test]
    public async Task AnyCall_ReadOnlyPlace_SaysSo()
    {
        if (!Directory.Exists("/sys/kernel")) Assert.Ignore("This system has no place that is read-only for everybody.");
        IBackupTarget target = new DirectoryBackupTarget("/sys/kernel/blueplan-backups");

        var failure = await FluentActions.Invoking(() => target.WriteAsync("a/x", new MemoryStream())).Should().ThrowAsync<StateUnavailableException>();

        failure.WithMessage("*a/x*/sys/kernel/blueplan-backups*may read and write*").Which.InnerException.Should().Match(e => e is IOException || e is UnauthorizedAccessException);
        (await target.OpenAsync("a/x")).Should().BeNull();
    }

    [Test]
    public async Task WriteAsync_TemporaryFileOfYesterday_IsRemovedAndTodaysStays()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_directory, ".tmp")).FullName;
        await File.WriteAllTextAsync(Path.Combine(temporary, "old"), "left by a crash");
        await File.WriteAllTextAsync(Path.Combine(temporary, "new"), "somebody is writing it");
        File.SetLastWriteTimeUtc(Path.Combine(temporary, "old"), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-25));

        await WriteTextAsync("a/x", "x");

        Directory.EnumerateFiles(temporary).Select(Path.GetFileName).Should().Equal("new");
        (await ListAsync("")).Select(o => o.Name).Should().Equal("a/x");
    }

    [Test]
    public async Task WriteAsync_OldLinkAmongTemporaryFiles_Stays()
    {
        RequireLinks();
        var temporary = Directory.CreateDirectory(Path.Combine(_directory, ".tmp")).FullName;
        var link = Path.Combine(temporary, "link");
        File.CreateSymbolicLink(link, Path.Combine(Outside(), "victim"));
        File.SetLastWriteTimeUtc(link, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-25));
        new FileInfo(link).LastWriteTimeUtc.Should().BeBefore(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-24), "the link itself is old");

        await WriteTextAsync("a/x", "x");

        Directory.EnumerateFiles(temporary).Select(Path.GetFileName).Should().Equal("link");
    }

    [Test]
    public async Task Publish_FolderMovedOnceTheObjectIsInIt_FailsAndRemovesTheObject()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows keeps what is open in its place.");
        var directory = new BackupDirectory(_directory);
        var (folder, moved) = (Path.Combine(_directory, "a"), Path.Combine(_parent, "moved"));
        using var draft = new BackupDraft(new RenamingFolder(LocalFileSystem.OpenDirectory(Path.Combine(_directory, ".tmp"), create: true, isPrivate: false)!, () => Directory.Move(folder, moved)), "draft");
        await draft.WriteAsync(new MemoryStream([1]), CancellationToken.None);

        directory.Invoking(d => d.Publish(draft, "a/x")).Should().Throw<IOException>().WithMessage("*was removed, renamed or replaced*");

        Directory.EnumerateFileSystemEntries(moved).Should().BeEmpty("what nobody finds under its name must not come back with the folder");
    }

    [Test]
    public async Task Publish_FolderRemovedWithTheObject_Succeeds()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows keeps what is open in its place.");
        var directory = new BackupDirectory(_directory);
        using var draft = new BackupDraft(new RenamingFolder(LocalFileSystem.OpenDirectory(Path.Combine(_directory, ".tmp"), create: true, isPrivate: false)!, () => Directory.Delete(Path.Combine(_directory, "a"), recursive: true)), "draft");
        await draft.WriteAsync(new MemoryStream([1]), CancellationToken.None);

        directory.Publish(draft, "a/x");

        directory.List("", CancellationToken.None).Should().BeEmpty("another process deleted it as soon as it had its name");
    }

    [Test]
    public async Task ListAsync_FilesOfOthers_AreNoObjects()
    {
        await WriteTextAsync("a/x", "x");
        await File.WriteAllTextAsync(Path.Combine(_directory, "a", "README.TXT"), "upper case is no object's name");

        (await ListAsync("")).Select(o => o.Name).Should().Equal("a/x");
    }

    [Test]
    public async Task DeleteAsync_LastOfItsFolder_RemovesTheFolder()
    {
        await WriteTextAsync("chunks/a/x", "x");
        await WriteTextAsync("chunks/b/x", "x");

        await Target.DeleteAsync("chunks/a/x");

        Directory.EnumerateDirectories(Path.Combine(_directory, "chunks")).Select(Path.GetFileName).Should().Equal("b");
    }

    [Test]
    public async Task ListAsync_LinksToItselfAndElsewhere_EndsWithoutThem()
    {
        RequireLinks();
        await WriteTextAsync("chunks/a/x", "x");
        var outside = Outside();
        for (var i = 0; i < 2; i++) Directory.CreateSymbolicLink(Path.Combine(_directory, "chunks", $"loop{i}"), _directory);
        Directory.CreateSymbolicLink(Path.Combine(_directory, "outside"), outside);
        File.CreateSymbolicLink(Path.Combine(_directory, "chunks", "a", "y"), Path.Combine(outside, "victim"));

        (await ListAsync("").WaitAsync(TimeSpan.FromSeconds(60))).Select(o => o.Name).Should().Equal("chunks/a/x");
        await FluentActions.Awaiting(() => ListAsync("outside/")).Should().ThrowAsync<StateUnavailableException>().WithMessage("*outside*symbolic link*not followed*");
    }

    [Test]
    public async Task AnyCall_LinkOnTheWay_IsRefusedAndNothingOutsideIsTouched([Values("chunks/victim", "victim")] string name)
    {
        RequireLinks();
        await WriteTextAsync("manifests/x", "x");
        var outside = Outside();
        var link = Path.Combine(_directory, name.Split('/')[0]);
        if (name.Contains('/', StringComparison.Ordinal)) Directory.CreateSymbolicLink(link, outside);
        else File.CreateSymbolicLink(link, Path.Combine(outside, "victim"));

        await FluentActions.Awaiting(() => Target.OpenAsync(name)).Should().ThrowAsync<StateUnavailableException>().WithMessage("*symbolic link*not followed*");
        await FluentActions.Awaiting(() => Target.DeleteAsync(name)).Should().ThrowAsync<StateUnavailableException>().WithMessage("*symbolic link*not followed*");
        await FluentActions.Awaiting(() => WriteTextAsync(name, "new")).Should().ThrowAsync<Exception>();
        if (name.Contains('/', StringComparison.Ordinal)) await FluentActions.Awaiting(() => WriteTextAsync(name + "2", "new")).Should().ThrowAsync<StateUnavailableException>();

        Directory.EnumerateFileSystemEntries(outside).Select(Path.GetFileName).Should().Equal("victim");
        (await File.ReadAllTextAsync(Path.Combine(outside, "victim"))).Should().Be("the victim's");
    }

    [Test]
    public async Task WriteAsync_TemporaryDirectoryIsALink_IsRefused()
    {
        RequireLinks();
        Directory.CreateDirectory(_directory);
        var outside = Outside();
        File.SetLastWriteTimeUtc(Path.Combine(outside, "victim"), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        Directory.CreateSymbolicLink(Path.Combine(_directory, ".tmp"), outside);

        await FluentActions.Awaiting(() => WriteTextAsync("a/x", "x")).Should().ThrowAsync<StateUnavailableException>().WithMessage("*.tmp*symbolic link*");

        Directory.EnumerateFileSystemEntries(outside).Select(Path.GetFileName).Should().Equal("victim");
    }

    [Test]
    public async Task AnyCall_DirectoryItselfIsALink_Works()
    {
        RequireLinks();
        var real = Directory.CreateDirectory(Path.Combine(_parent, "real")).FullName;
        Directory.CreateDirectory(Path.Combine(_parent, "deep"));
        Directory.CreateSymbolicLink(_directory, real);

        await WriteTextAsync("a/x", "x");

        (await ListAsync("")).Select(o => o.Name).Should().Equal("a/x");
        File.Exists(Path.Combine(real, "a", "x")).Should().BeTrue();
        (await Target.DeleteAsync("a/x")).Should().BeTrue();
        (await ListAsync("")).Should().BeEmpty();
    }

    private string Outside()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_parent, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(outside, "victim"), "the victim's");
        return outside;
    }

    private static void RequireLinks()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("On Windows only administrators make links.");
    }
}
