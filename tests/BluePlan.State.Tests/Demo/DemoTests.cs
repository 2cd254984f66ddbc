using System.Diagnostics;
using System.Reflection;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests.Demo;

/// <summary>Runs the demo as a user does, without a terminal.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DemoTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bluestate-demo-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Run_Twice_FindsWhatTheFirstRunLeft()
    {
        var place = $"file:{Path.Combine(_directory, "store")}{Path.DirectorySeparatorChar}";

        var first = await RunAsync("--store", place);
        var second = await RunAsync("--store", place);

        (first.ExitCode, first.Error).Should().Be((0, ""));
        first.Output.Should().Contain("The store is new").And.Contain("are as they were, message by message.").And.NotContain("\u001b");
        (second.ExitCode, second.Error).Should().Be((0, ""));
        second.Output.Should().Contain("left by the last run").And.Contain("are as they were, message by message.");
        Directory.GetDirectories(_directory).Select(Path.GetFileName).Should().BeEquivalentTo("store", "backups");
    }

    [TestCase("memcached")]
    [TestCase("file:")]
    [TestCase("")]
    public async Task Run_UnknownStore_SaysWhichThereAre(string store)
    {
        var run = await RunAsync("--store", store);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be($"--store takes memory, file:PATH or redis:HOST:PORT, not '{store}'.");
    }

    [Test]
    public async Task Import_Conversations_CountsWhatWasWrittenAndReadBack()
    {
        var run = await ImportAsync("""
            {"id":"[red]first","messages":[{"role":"user","content":"[bold]hello"},{"role":"assistant","content":"你好"}]}

            {"id":"second","messages":[{"role":"user","content":""}]}
            """);

        (run.ExitCode, run.Error).Should().Be((0, ""));
        run.Output.ReplaceLineEndings(" ").Should().Contain("Wrote 2 conversations with 3 messages").And.Contain("read back 3 messages").And.Contain("all equal");
    }

    [TestCase("", "lines.jsonl has no conversations.")]
    [TestCase("{broken", "lines.jsonl, line 1: *")]
    [TestCase("""{"id":"a"}""", "lines.jsonl, line 1: *messages*")]
    [TestCase("""{"id":"","messages":[{"role":"user","content":"a"}]}""", "lines.jsonl, line 1: Its id is empty.")]
    [TestCase("""{"id":"a","messages":[]}""", "lines.jsonl, line 1: It has no messages.")]
    [TestCase("""{"id":"a","messages":[null]}""", "lines.jsonl, line 1: A message is null.")]
    [TestCase("""{"id":"a","messages":[{"role":"","content":"a"}]}""", "Conversation a cannot be written: *role is missing*")]
    public async Task Import_LineThatIsNoConversation_SaysWhich(string lines, string message)
    {
        var run = await ImportAsync(lines);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Match(message).And.NotContain("\n");
    }

    [Test]
    public async Task Import_NoSuchFile_SaysSo()
    {
        var run = await RunAsync("--store", "memory", "--import", "missing.jsonl");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be($"There is no file {Path.Combine(_directory, "missing.jsonl")}.");
    }

    private async Task<(int ExitCode, string Output, string Error)> ImportAsync(string lines)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "lines.jsonl"), lines);
        return await RunAsync("--store", "memory", "--import", "lines.jsonl");
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var demo = typeof(DemoTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "Demo").Value!;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [demo, .. arguments]) { WorkingDirectory = _directory, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["NO_COLOR"] = "1" } })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, (await error).TrimEnd());
    }
}
