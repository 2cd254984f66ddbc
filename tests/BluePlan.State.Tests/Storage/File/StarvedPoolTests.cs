using System.Diagnostics;
using System.Globalization;
using BluePlan.State.KillTarget;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Callers that block all threads of the pool until what they wrote is on disk do not keep it from getting there. In a process of its own, since all of a process shares the pool.</summary>
[TestFixture]
public sealed class StarvedPoolTests
{
    // A busy machine takes several times as long as an idle one, on which it is some 100 ms; by the threads that the pool adds alone it is 20 seconds and more.
    private const int MostMilliseconds = 4_000;

    private string _directory = "";

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("blueplan-starved-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public Task Set_AllCallersBlockThePool_IsDoneAtOnce([Values(100, 300)] int callers) =>
        AssertDoneAtOnceAsync(StarvedCallers.Command, Path.Combine(_directory, "store"), callers.ToString(CultureInfo.InvariantCulture));

    [Test]
    public Task Commit_StoreIsOpenedAnewWhileCallersBlockThePool_IsDoneAtOnce() =>
        AssertDoneAtOnceAsync(ForeignCode.Command, typeof(StarvedReopening).Assembly.Location, typeof(StarvedReopening).FullName!, Path.Combine(_directory, "store"));

    private static async Task AssertDoneAtOnceAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [typeof(StarvedCallers).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(patience.Token);
            await TestContext.Out.WriteLineAsync($"{line} ms");
            int.Parse(line!, CultureInfo.InvariantCulture).Should().BeLessThan(MostMilliseconds);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
