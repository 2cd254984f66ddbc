using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
[Platform(Exclude = "Win")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UnixFolderTests : IDisposable
{
    private const string Name = "store.lock";

    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-folder-").FullName;
    private readonly UnixFolder _folder;

    public UnixFolderTests() => _folder = UnixFolder.Open(_directory, isPrivate: true);

    private string Lock => Path.Combine(_directory, Name);

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public void TryLockFile_ReplacedBeforeItIsLocked_LocksTheOneInItsPlace()
    {
        var opened = 0;

        using var locked = _folder.TryLockFile(Name, () =>
        {
            var file = Open();
            if (++opened == 1) Replace();
            return file;
        });

        opened.Should().Be(2);
        _folder.Holds(Name, locked!).Should().BeTrue();
        using var second = Open();
        second!.TryLock().Should().BeFalse("the lock is held");
    }

    [Test]
    public void TryLockFile_ReplacedAgainAndAgain_Fails()
    {
        FluentActions.Invoking(() => _folder.TryLockFile(Name, () =>
        {
            var file = Open();
            Replace();
            return file;
        })).Should().Throw<IOException>().WithMessage("*cannot be locked*");

        using var locked = _folder.TryLockFile(Name, Open);
        locked.Should().NotBeNull("what was locked in vain was let go");
    }

    private LocalFile? Open()
    {
        if (!File.Exists(Lock)) _folder.Create(Name).Dispose();
        return (LocalFile)_folder.Open(Name);
    }

    private void Replace()
    {
        File.Delete(Lock);
        _folder.Create(Name).Dispose();
    }
}
