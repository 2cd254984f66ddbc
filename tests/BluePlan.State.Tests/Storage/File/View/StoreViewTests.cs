using System.Diagnostics;
using System.Text;
using BluePlan.State.KillTarget;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A file store that is looked at beside the process that owns it, on this machine's disk and on one that tells of every call.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class StoreViewTests
{
    private static readonly StateOpenOptions ReadOnly = new() { Mode = StateOpenMode.ReadOnly };

    private readonly string _root = Directory.CreateTempSubdirectory("view@example.com-").FullName;
    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);

    private string Store => Path.Combine(_root, "store");

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Open_StoreThatIsOpen_MakesNoCallButReads()
    {
        await using var owner = await OwnAsync();
        for (var i = 0; i < 50; i++) await PutAsync(owner, $"{i}", 200);
        await owner.Store.CheckpointAsync(CancellationToken.None);
        await PutAsync(owner, "after", 200);
        var calls = new HashSet<DiskCall>();
        await using var look = new FileStateProvider(new() { Directory = Store }, _time, null, new SteppedFileSystem((call, _) => calls.Add(call)));

        await look.OpenAsync(ReadOnly, CancellationToken.None);
        await look.MaintainAsync(CancellationToken.None);
        var keys = await KeysAsync(look);

        // The directory is opened by the first of them.
        calls.Should().BeEquivalentTo([DiskCall.CreateDirectory, DiskCall.List, DiskCall.OpenRead, DiskCall.Read]);
        keys.Should().BeEquivalentTo(await KeysAsync(owner)).And.HaveCount(51);
    }

    [Test]
    [Platform("Linux")]
    public async Task Open_ReadOnlyInAProcess_MakesNoSystemCallThatChangesAnything()
    {
        var trace = Path.Combine(_root, "trace");
        await using var owner = await OwnAsync();
        for (var i = 0; i < 20; i++) await PutAsync(owner, $"{i}", 100);
        var before = Picture();

        string[] command = ["-f", "-qq", "-o", trace, "-e", "trace=%file,%desc,fsync,fdatasync,flock", "dotnet", typeof(CounterWorkload).Assembly.Location, ForeignCode.Command, typeof(StoreLook).Assembly.Location, typeof(StoreLook).FullName!, Store];
        using var process = Start("strace", command);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        output.Trim().Should().Be("20", await process.StandardError.ReadToEndAsync());
        Picture().Should().Be(before);
        // Files of the store are opened by their names in the directory, which is opened by its path.
        string[] names = [.. Directory.EnumerateFileSystemEntries(Store).Select(static path => $"\"{Path.GetFileName(path)}\""), Store];
        string[] lines = [.. (await File.ReadAllLinesAsync(trace)).Where(line => names.Any(name => line.Contains(name, StringComparison.Ordinal)))];
        lines.Should().Contain(static line => line.Contains("store.marker", StringComparison.Ordinal) && line.Contains("O_RDONLY", StringComparison.Ordinal));
        lines.Should().NotContain(static line => line.Contains("O_WRONLY", StringComparison.Ordinal) || line.Contains("O_RDWR", StringComparison.Ordinal) || line.Contains("O_CREAT", StringComparison.Ordinal));
        lines.Should().OnlyContain(static line => line.Contains("openat", StringComparison.Ordinal) || line.Contains("stat", StringComparison.Ordinal) || line.Contains("readlink", StringComparison.Ordinal) || line.Contains("access", StringComparison.Ordinal) || line.Contains("execve", StringComparison.Ordinal));
        string[] opened = [.. lines.Select(static line => line.Split("= ")[^1]).Where(static result => int.TryParse(result, out _)).Distinct()];
        (await File.ReadAllLinesAsync(trace)).Should().NotContain(line => opened.Any(file => line.Contains($"flock({file},", StringComparison.Ordinal) || line.Contains($"fsync({file})", StringComparison.Ordinal) || line.Contains($"fdatasync({file})", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Open_MissingDirectory_IsRefusedAndMakesNone([Values(StateOpenMode.ReadOnly, StateOpenMode.ExistingOnly)] StateOpenMode mode)
    {
        foreach (var directory in new[] { Store, Path.Combine(Store, "in", "it") })
        {
            await using var provider = new FileStateProvider(new() { Directory = directory }, _time);

            var refused = (await FluentActions.Awaiting(() => provider.OpenAsync(new StateOpenOptions { Mode = mode }, CancellationToken.None).AsTask()).Should().ThrowAsync<StateOpenException>()).Which;

            refused.Fault.Should().Be(StateOpenFault.NotFound);
            refused.Message.Should().Contain(ShownPath.Of(directory)).And.Contain($"{mode}").And.Contain($"{StateOpenMode.Create}");
        }
        Directory.EnumerateFileSystemEntries(_root).Should().BeEmpty();
    }

    [Test]
    public async Task Open_DirectoryWithoutAStore_IsRefusedAndLeftAsItIs([Values(StateOpenMode.ReadOnly, StateOpenMode.ExistingOnly)] StateOpenMode mode, [Values("", "data.csv")] string file)
    {
        Directory.CreateDirectory(Store);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (file.Length > 0) await File.WriteAllTextAsync(Path.Combine(Store, file), "a;b");
        var before = Picture();
        await using var provider = Provider();

        (await FluentActions.Awaiting(() => provider.OpenAsync(new StateOpenOptions { Mode = mode }, CancellationToken.None).AsTask()).Should().ThrowAsync<StateOpenException>()).Which.Fault.Should().Be(StateOpenFault.NotFound);

        Picture().Should().Be(before);
    }

    [Test]
    public async Task Open_ReadOnly_NeitherWaitsForNorHindersAnOwner()
    {
        await using (var owner = await OwnAsync()) await PutAsync(owner, "a", 10);
        var before = Picture();
        await using var look = Provider();
        await look.OpenAsync(ReadOnly, CancellationToken.None);
        Picture().Should().Be(before);

        await using var next = await OwnAsync();
        await PutAsync(next, "b", 10);
        await next.Store.CheckpointAsync(CancellationToken.None);

        (await KeysAsync(look)).Should().Equal(["a"], "it shows what was there when it was opened");
        (await KeysAsync(next)).Should().BeEquivalentTo("a", "b");
        await using var later = Provider();
        await later.OpenAsync(ReadOnly, CancellationToken.None);
        (await KeysAsync(later)).Should().BeEquivalentTo("a", "b");
    }

    [TestCase(DiskCall.OpenRead, "snapshot-")]
    [TestCase(DiskCall.OpenRead, "journal-")]
    [TestCase(DiskCall.Read, "snapshot-")]
    [TestCase(DiskCall.Read, "journal-")]
    public async Task Open_CheckpointReplacesFilesMeanwhile_ReadsAgain(DiskCall call, string prefix)
    {
        await using var owner = await OwnAsync();
        await PutAsync(owner, "a", 10);
        await owner.Store.CheckpointAsync(CancellationToken.None);
        await PutAsync(owner, "b", 10);
        var rounds = 0;
        var files = new SteppedFileSystem((made, name) =>
        {
            if (made != call || !name.StartsWith(prefix, StringComparison.Ordinal) || rounds >= 3) return;
            rounds++;
            PutAsync(owner, $"round {rounds}", 10).GetAwaiter().GetResult();
            owner.Store.CheckpointAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        });

        await using var look = new FileStateProvider(new() { Directory = Store }, _time, null, files);
        await look.OpenAsync(ReadOnly, CancellationToken.None);

        rounds.Should().BePositive();
        (await KeysAsync(look)).Should().Contain(["a", "b"]).And.BeSubsetOf(await KeysAsync(owner));
    }

    [Test]
    public async Task Open_FilesChangeAgainAndAgain_GivesUpAndSaysSo()
    {
        await using var owner = await OwnAsync();
        await PutAsync(owner, "a", 10);
        var files = new SteppedFileSystem((call, name) =>
        {
            if (call == DiskCall.OpenRead && name.StartsWith("journal-", StringComparison.Ordinal)) throw new FileNotFoundException("It was deleted.");
        });
        await using var look = new FileStateProvider(new() { Directory = Store }, _time, null, files);

        var refused = (await FluentActions.Awaiting(() => look.OpenAsync(ReadOnly, CancellationToken.None).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        refused.Message.Should().Contain(ShownPath.Of(Store)).And.Contain("while it was read").And.Contain("Try again");
        refused.MayHaveBeenWritten.Should().BeFalse();
    }

    [Test]
    public async Task Open_FrameReadBeforeItWasWritten_ReadsAgain([Values(1, 2)] int times)
    {
        await using var owner = await OwnAsync();
        await PutAsync(owner, "a", 10);
        var begin = Length(Journal());
        await PutAsync(owner, "b", 10);
        var end = Length(Journal());
        await PutAsync(owner, "c", 10);
        await PutAsync(owner, "d", 10);
        var files = new StaleFileSystem(Path.GetFileName(Journal()), begin, (int)(end - begin), times);
        await using var look = new FileStateProvider(new() { Directory = Store }, _time, null, files);
        var open = () => look.OpenAsync(ReadOnly, CancellationToken.None).AsTask();

        if (times == 1)
        {
            await open();
            (await KeysAsync(look)).Should().BeEquivalentTo("a", "b", "c", "d");
        }
        else
        {
            // The same fault twice is no accident.
            (await FluentActions.Awaiting(open).Should().ThrowAsync<StateCorruptionException>()).Which.Message.Should().Contain("commit 2 is damaged").And.Contain(nameof(FileStateProvider.VerifyAsync));
        }
        files.Openings.Should().Be(2);
    }

    [Test]
    public async Task Open_TornTail_ShowsWhatIsBeforeIt()
    {
        await using (var owner = await OwnAsync())
        {
            for (var i = 0; i < 3; i++) await PutAsync(owner, $"{i}", 300);
            Directory.CreateDirectory(Path.Combine(_root, "copy"));
            foreach (var file in Directory.EnumerateFiles(Store).Where(static file => Path.GetFileName(file) != StoreNames.Lock)) File.Copy(file, Path.Combine(_root, "copy", Path.GetFileName(file)));
        }
        var (journal, bytes) = (Path.Combine(_root, "copy", Path.GetFileName(Journal())), await File.ReadAllBytesAsync(Path.Combine(_root, "copy", Path.GetFileName(Journal()))));
        var end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

        for (var cut = end - 1; cut > end - 200; cut -= 7)
        {
            await File.WriteAllBytesAsync(journal, bytes[..cut]);
            await using var look = new FileStateProvider(new() { Directory = Path.Combine(_root, "copy"), RequirePrivateDirectory = false }, _time);
            await look.OpenAsync(ReadOnly, CancellationToken.None);

            (await KeysAsync(look)).Should().BeEquivalentTo(["0", "1"], "cut at {0}", cut);
            new FileInfo(journal).Length.Should().Be(cut, "it cuts nothing");
        }
    }

    [Test]
    public async Task Open_DirectoryThatOthersCanWriteTo_IsRefused()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("On Windows the directory inherits its access list.");
        await using (var owner = await OwnAsync()) await PutAsync(owner, "a", 10);
        File.SetUnixFileMode(Store, (UnixFileMode)0x1FF);
        await using var look = Provider();

        (await FluentActions.Awaiting(() => look.OpenAsync(ReadOnly, CancellationToken.None).AsTask()).Should().ThrowAsync<StateOpenException>()).Which.Fault.Should().Be(StateOpenFault.NotPrivate);
    }

    private FileStateProvider Provider() => new(new() { Directory = Store }, _time);

    private async Task<FileStateProvider> OwnAsync()
    {
        var owner = Provider();
        await owner.OpenAsync(1);
        return owner;
    }

    private string Journal() => Directory.EnumerateFiles(Store, "journal-*").Order(StringComparer.Ordinal).First();

    // Up to the last byte that is not zero, rounded up to where the next frame begins: the rest was allocated ahead.
    private static long Length(string journal)
    {
        using var file = new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return (bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + JournalFormat.Alignment) / JournalFormat.Alignment * JournalFormat.Alignment;
    }

    /// <summary>Names, lengths, contents and times of everything in the directory.</summary>
    private string Picture()
    {
        var text = new StringBuilder();
        foreach (var entry in new DirectoryInfo(Store).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(new DirectoryInfo(Store)).OrderBy(static e => e.FullName, StringComparer.Ordinal))
            text.Append(entry.FullName).Append(' ').Append(entry.LastWriteTimeUtc.Ticks).Append(' ').Append((entry as FileInfo)?.Length).Append(' ').Append(entry is FileInfo { Name: not StoreNames.Lock } file ? Convert.ToHexString(File.ReadAllBytes(file.FullName)) : "").AppendLine();
        return text.ToString();
    }

    private static Process Start(string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore($"'{program}' is not on this machine.");
            throw;
        }
    }

    private static async Task PutAsync(FileStateProvider provider, string id, int bytes) =>
        await provider.CommitAsync(new(new PutDocument(new(0, StateShape.Document, "test", id), Enumerable.Repeat((byte)1, bytes).ToArray())), CancellationToken.None);

    private static async Task<List<string>> KeysAsync(FileStateProvider provider) => await provider.ExportAsync(CancellationToken.None).Select(static record => record.Key.Id).ToListAsync();
}
