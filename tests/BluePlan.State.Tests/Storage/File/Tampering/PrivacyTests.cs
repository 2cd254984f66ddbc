using System.Diagnostics;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Directories and files that another user owns, can write to, or has prepared.</summary>
[TestFixture]
[Platform(Exclude = "Win")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class PrivacyTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("privacy@example.com-").FullName;

    private string Store => Path.Combine(_root, "store");

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [TestCase("0770")]
    [TestCase("0775")]
    [TestCase("0777")]
    [TestCase("1777")]
    [TestCase("2775")]
    [TestCase("0702")]
    public async Task Open_OthersCanWriteToTheDirectory_IsRefusedWithTheRemedy(string mode)
    {
        Directory.CreateDirectory(Store);
        File.SetUnixFileMode(Store, (UnixFileMode)Convert.ToInt32(mode, 8));

        (await FluentActions.Awaiting(() => OpenAsync()).Should().ThrowAsync<StateOpenException>()).Which.Message
            .Should().Contain(ShownPath.Of(Store)).And.NotContain("@").And.Contain(mode).And.Contain("chmod 700").And.Contain("RequirePrivateDirectory");
        Directory.EnumerateFileSystemEntries(Store).Should().BeEmpty();

        await using var allowed = await OpenAsync(isPrivate: false);
        await using var inside = new FileStateProvider(new() { Directory = Path.Combine(Store, "inside") });
        await inside.OpenAsync(4, CancellationToken.None);
        File.GetUnixFileMode(Path.Combine(Store, "inside")).Should().HaveFlag(OwnerOnly).And.NotHaveFlag(UnixFileMode.GroupWrite).And.NotHaveFlag(UnixFileMode.GroupRead);
    }

    [TestCase("0700")]
    [TestCase("0750")]
    [TestCase("0755")]
    public async Task Open_OnlyTheOwnerCanWriteToTheDirectory_Works(string mode)
    {
        Directory.CreateDirectory(Store);
        File.SetUnixFileMode(Store, (UnixFileMode)Convert.ToInt32(mode, 8));
        await using var provider = await OpenAsync();
        Directory.EnumerateFiles(Store).Select(File.GetUnixFileMode).Should().AllBeEquivalentTo(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public async Task Open_AnotherUsersDirectory_IsRefused()
    {
        RequireRoot();
        Directory.CreateDirectory(Store, OwnerOnly);
        await RunAsync("chown", "12345", Store);
        (await FluentActions.Awaiting(() => OpenAsync()).Should().ThrowAsync<StateOpenException>()).Which.Message.Should().Contain("belongs to user 12345").And.Contain("chown");
    }

    [Test]
    public async Task Open_AnotherUsersLinkToOwnDirectory_IsRefused()
    {
        RequireRoot();
        Directory.CreateDirectory(Store + "-real", OwnerOnly);
        Directory.CreateSymbolicLink(Store, Store + "-real");
        await using (var own = await OpenAsync()) { }
        await RunAsync("chown", "-h", "12345", Store);
        (await FluentActions.Awaiting(() => OpenAsync()).Should().ThrowAsync<StateOpenException>()).Which.Message.Should().Contain("is a link that user 12345 owns");
    }

    [Test]
    public async Task Open_LinkInTheDirectory_IsNotFollowed([Values("store.owner", "store.lock", "store.marker", "store.marker.tmp", "journal-0000000000000001.bpj", "snapshot-0000000000000002.bps", "snapshot-0000000000000009.bps.tmp")] string name, [Values] bool isNew, [Values] bool isPrivate)
    {
        if (isNew && name.StartsWith("snapshot-", StringComparison.Ordinal)) Assert.Ignore("Such a file makes a directory another than a new one.");
        if (!isNew) await MakeAsync();
        else Directory.CreateDirectory(Store, OwnerOnly);
        var victim = Path.Combine(_root, "victim");
        await File.WriteAllTextAsync(victim, "the victim's");
        File.Delete(Path.Combine(Store, name));
        File.CreateSymbolicLink(Path.Combine(Store, name), victim);

        try
        {
            await using var provider = await OpenAsync(isPrivate);
            await PutAsync(provider);
            await provider.Store.CheckpointAsync(CancellationToken.None);
        }
        catch (StateUnavailableException refused)
        {
            refused.ToString().Should().Contain(Path.Combine(ShownPath.Of(Store), name)).And.NotContain("@example.com").And.Contain("symbolic link");
        }
        catch (StateCorruptionException refused)
        {
            refused.ToString().Should().Contain(ShownPath.Of(Store)).And.NotContain("@example.com");
        }

        (await File.ReadAllTextAsync(victim)).Should().Be("the victim's");
    }

    [Test]
    public async Task Open_OwnerIsALink_ReplacesTheLink()
    {
        await MakeAsync();
        var victim = Path.Combine(_root, "victim");
        await File.WriteAllTextAsync(victim, "the victim's");
        var owner = Path.Combine(Store, "store.owner");
        File.Delete(owner);
        File.CreateSymbolicLink(owner, victim);

        await using var provider = await OpenAsync();

        new FileInfo(owner).LinkTarget.Should().BeNull();
        (await File.ReadAllTextAsync(owner)).Should().Be($"process {Environment.ProcessId} on {Environment.MachineName}");
        (await File.ReadAllTextAsync(victim)).Should().Be("the victim's");
    }

    [TestCase("store.lock")]
    [TestCase("journal-0000000000000001.bpj")]
    public async Task Open_FilePreparedForOthersToWrite_IsRefused(string name)
    {
        Directory.CreateDirectory(Store, OwnerOnly);
        var planted = Path.Combine(Store, name);
        await File.WriteAllTextAsync(planted, "");
        File.SetUnixFileMode(planted, (UnixFileMode)Convert.ToInt32("0666", 8));
        (await FluentActions.Awaiting(() => OpenAsync()).Should().ThrowAsync<StateUnavailableException>()).Which.Message.Should().Contain(ShownPath.Of(planted)).And.Contain("0666").And.Contain("chmod 600");
    }

    [Test]
    public async Task Open_SegmentPreparedByAnotherProcess_IsMadeAnew()
    {
        Directory.CreateDirectory(Store, OwnerOnly);
        var planted = Path.Combine(Store, "journal-0000000000000001.bpj");
        await using var stranger = new FileStream(planted, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.SetUnixFileMode(planted, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using (var provider = await OpenAsync()) await PutAsync(provider);

        stranger.Length.Should().Be(0, "what the stranger has open is not the store's file");
        new FileInfo(planted).Length.Should().BePositive();
    }

    [Test]
    public async Task Open_PipeInsteadOfAFile_IsRefusedAtOnce([Values("store.lock", "store.marker", "journal-0000000000000001.bpj")] string name)
    {
        await MakeAsync();
        File.Delete(Path.Combine(Store, name));
        await RunAsync("mkfifo", "-m", "600", Path.Combine(Store, name));
        (await FluentActions.Awaiting(() => OpenAsync().WaitAsync(TimeSpan.FromSeconds(60))).Should().ThrowAsync<StateUnavailableException>()).Which.ToString().Should().Contain("not a regular file").And.NotContain("@example.com");
    }

    private async Task MakeAsync()
    {
        await using var provider = await OpenAsync();
        await PutAsync(provider);
    }

    private async Task<FileStateProvider> OpenAsync(bool isPrivate = true)
    {
        var provider = new FileStateProvider(new() { Directory = Store, RequirePrivateDirectory = isPrivate });
        await provider.OpenAsync(4, CancellationToken.None);
        return provider;
    }

    private static Task PutAsync(FileStateProvider provider) =>
        provider.CommitAsync(new StateCommit([new PutDocument(new(0, StateShape.Document, "privacy", "a"), new byte[10])]), CancellationToken.None).AsTask();

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Ignore("Only root can give a directory to another user.");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0);
    }
}
