using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class LocalFileSystemTests
{
    [Test]
    public void FreeBytes_FileSystemKnowsNoSize_AreNotZero()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Only Linux has such a file system everywhere.");
        new DriveInfo("/proc").TotalSize.Should().Be(0);

        LocalFileSystem.Instance.FreeBytes("/proc").Should().Be(long.MaxValue);
    }

    [Test]
    public void FreeBytes_FileSystemKnowsItsSize_AreWhatItSays()
    {
        var directory = Path.GetTempPath();

        LocalFileSystem.Instance.FreeBytes(directory).Should().BeInRange(0, new DriveInfo(directory).TotalSize);
    }
}
