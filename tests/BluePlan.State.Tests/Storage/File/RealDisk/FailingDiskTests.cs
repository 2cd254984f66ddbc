using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BluePlan.State.KillTarget;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// The real file provider in a process of its own, on system calls that really fail: <c>strace</c> injects the errors, which the runtime's own flush would hide, and a small tmpfs really fills up. Needs Linux and root;
/// on a machine without them the tests are skipped with the reason, and with <c>CI=true</c> they fail.
/// </summary>
[TestFixture]
[Platform("Linux")]
public sealed partial class FailingDiskTests
{
    private string _directory = "";

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("blueplan-failing-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Commit_FlushFails_IsNotAcknowledgedAndNothingIsWrittenAfter([Values("fdatasync", "fsync,fdatasync")] string calls, [Values(1, 4, 40)] int nth, [Values("EIO", "ENOSPC")] string error)
    {
        Require("strace", "-V");
        // Opened once, so that what fails is the work and not the making.
        await using (var made = new FileStateProvider(new() { Directory = Path.Combine(_directory, "store") })) await made.OpenAsync(CounterWorkload.Callers, CancellationToken.None);

        var trace = Path.Combine(_directory, "trace");
        using var process = new KilledProcess(int.MaxValue, [Path.Combine(_directory, "store"), "Always", "1", "500"],
            "strace", "-f", "-qq", "-o", trace, "-e", "trace=fsync,fdatasync,close", "-e", $"inject={calls}:error={error}:when={nth}+");
        await process.EndAsync();

        var (failed, repeated) = CountFailures(await File.ReadAllLinesAsync(trace), error);
        await TestContext.Out.WriteLineAsync($"{process.Acknowledged.Sum()} commits acknowledged, {failed} flushes failed, {process.Refused.Count} commits refused: {process.Refused.FirstOrDefault()}");
        failed.Should().BePositive();
        process.ExitCode.Should().NotBe(0);
        repeated.Should().Be(0, "what was flushed without success is closed, and read again from the disk");
        await AssertKeptAsync(Path.Combine(_directory, "store"), process);
    }

    [Test]
    public async Task Commit_DiskIsFull_IsNotAcknowledgedAndTheRestIsThere([Values(400, 1500)] int kilobytes)
    {
        var mount = Path.Combine(_directory, "small");
        Directory.CreateDirectory(mount);
        Require("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kilobytes}k"), "tmpfs", mount);
        try
        {
            using var process = new KilledProcess(int.MaxValue, [Path.Combine(mount, "store"), "Always", "1", "100000"]);
            await process.EndAsync();
            await TestContext.Out.WriteLineAsync($"{process.Acknowledged.Sum()} commits acknowledged, {process.Refused.Count} refused: {process.Refused.FirstOrDefault()}{process.Errors.FirstOrDefault()}");
            process.ExitCode.Should().NotBe(0);
            // A commit finds the disk full, or a checkpoint does before it takes what is left.
            string.Concat(process.Refused.Concat(process.Errors)).Should().MatchRegex("no space left|the disk has [0-9,]+ left").And.Contain(mount);
            // Reopened where there is room.
            CopyDirectory(Path.Combine(mount, "store"), Path.Combine(_directory, "store"));
            await AssertKeptAsync(Path.Combine(_directory, "store"), process);
        }
        finally
        {
            Run("umount", mount).Should().Be(0);
        }
    }

    /// <summary>How many flushes failed, and how many were tried on a file, as it was open, after one of it had failed.</summary>
    private static (int Failed, int Repeated) CountFailures(IEnumerable<string> trace, string error)
    {
        var (failed, repeated) = (0, 0);
        var (bad, unfinished) = (new HashSet<string>(), new Dictionary<string, string>());
        foreach (var line in trace)
        {
            var thread = line.Split(' ')[0];
            if (Call().Match(line) is { Success: true } call)
            {
                var file = call.Groups["file"].Value;
                unfinished[thread] = file;
                if (call.Groups["name"].Value == "close") bad.Remove(file);
                else if (bad.Contains(file)) repeated++;
            }
            if (!line.Contains($"-1 {error}", StringComparison.Ordinal)) continue;
            failed++;
            bad.Add(unfinished[thread]);
        }
        return (failed, repeated);
    }

    [GeneratedRegex(@"\b(?<name>close|fsync|fdatasync)\((?<file>\d+)")]
    private static partial Regex Call();

    [Test]
    public async Task Commit_DiskWasFull_GoesOnInTheSameProcessOnceThereIsSpace()
    {
        const int Megabyte = 1 << 20;
        var mount = Path.Combine(_directory, "small");
        Directory.CreateDirectory(mount);
        Require("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", mount);
        try
        {
            await using (var provider = new FileStateProvider(new() { Directory = Path.Combine(mount, "store") }))
            {
                await provider.OpenAsync(1, CancellationToken.None);
                for (var i = 0; i < 12; i++) await PutAsync(provider, $"{i}", Megabyte);
                var ballast = Path.Combine(mount, "ballast");
                await File.WriteAllBytesAsync(ballast, new byte[new DriveInfo(mount).AvailableFreeSpace - 6 * Megabyte]);

                // 12 MB are living and 6 MB are free.
                await FluentActions.Awaiting(() => provider.Store.CheckpointAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>();
                Directory.GetFiles(Path.Combine(mount, "store"), "*.tmp").Should().BeEmpty();
                for (var i = 0; i < 30; i++) await PutAsync(provider, $"behind {i}", 100_000);

                var put = 0;
                var refused = await FluentActions.Awaiting(async () =>
                {
                    for (; put < 10; put++) await PutAsync(provider, $"full {put}", Megabyte);
                }).Should().ThrowAsync<StateUnavailableException>();
                refused.Which.MayHaveBeenWritten.Should().BeFalse();
                File.Delete(ballast);
                await PutAsync(provider, $"full {put}", Megabyte);
            }
            (await FileStateProvider.VerifyAsync(Path.Combine(mount, "store"))).Damage.Should().BeEmpty();
        }
        finally
        {
            Run("umount", mount).Should().Be(0);
        }

        static async Task PutAsync(FileStateProvider provider, string id, int bytes) =>
            await provider.CommitAsync(new(new PutDocument(new(0, StateShape.Document, "test", id), new byte[bytes])), CancellationToken.None);
    }

    private static async Task AssertKeptAsync(string directory, KilledProcess process)
    {
        (await FileStateProvider.VerifyAsync(directory)).Damage.Should().BeEmpty();
        await using var provider = new FileStateProvider(new() { Directory = directory });
        await provider.OpenAsync(CounterWorkload.Callers, CancellationToken.None);
        for (var caller = 0; caller < CounterWorkload.Callers; caller++)
        {
            var count = await CounterWorkload.ReadAsync(provider, caller);
            count.Should().BeInRange(process.Acknowledged[caller], process.Acknowledged[caller] + 1, "the last one of each caller may have been written");
            (await CounterWorkload.FindFaultAsync(provider, caller, count)).Should().BeNull();
        }
    }

    private static void CopyDirectory(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    /// <summary>Runs a command that the test stands on.</summary>
    private static void Require(params string[] command)
    {
        if (Run(command) == 0) return;
        var reason = $"'{string.Join(' ', command)}' does not work here: it needs to be installed, and root.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
        Assert.Ignore(reason);
    }

    private static int Run(params string[] command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
