using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class ShownPathTests
{
    [TestCase("/srv/state/store.marker", "/srv/state/store.marker")]
    [TestCase("/home/ann@example.com/state", "/home/…/state")]
    [TestCase("/home/a/ann@example.com", "/home/a/…")]
    [TestCase("ann@example.com", "…")]
    [TestCase(@"C:\Users\ann@example.com\state", @"C:\Users\…\state")]
    [TestCase("", "")]
    public void Of_Path_LeavesOutWhatNamesAUser(string path, string shown) => ShownPath.Of(path).Should().Be(shown);

    [Test]
    public void Failed_CallOnAPath_LeavesOutWhatNamesAUser() =>
        NativeFiles.Failed("fsync", "/home/ann@example.com/state", 5).Message.Should().StartWith("fsync of '/home/…/state' failed: ");
}
