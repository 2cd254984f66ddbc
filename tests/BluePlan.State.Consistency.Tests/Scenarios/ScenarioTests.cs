using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Consistency.Tests;

/// <summary>Short runs with real processes; how to make long ones is in the README of BluePlan.State.Consistency.</summary>
[TestFixture]
public sealed class ScenarioTests
{
    [TestCase("memory", 1)]
    [TestCase("file-kill", 3)]
    [TestCase("redis", 2)]
    public async Task RunAsync_Scenario_EverythingIsExplained(string name, int seconds)
    {
        var scenario = ScenarioList.All.Single(scenario => scenario.Name == name);
        if (scenario.Missing is { } reason)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
            Assert.Ignore(reason);
        }

        var result = await RunAsync(scenario, seconds);

        result.Anomalies.Should().BeEmpty();
        result.Count(Outcome.Ok).Should().BePositive();
        if (name == "memory") Enum.GetValues<ModelKind>()
            .Should().BeSubsetOf(result.History.Select(static operation => operation.Model), "every kind of object was used");
        if (name == "file-kill") result.Faults.Should().BePositive();
    }

    [Test]
    public async Task RunAsync_StoreThatCommitsTwice_IsFound() => (await RunAsync(new FaultyScenario(), 2)).Anomalies.Should().NotBeEmpty();

    [Test]
    public void All_Names_AreApart() => ScenarioList.All.Select(static scenario => scenario.Name)
        .Should().OnlyHaveUniqueItems().And.NotContain(["all", "list", "check", ClientProgram.Command]);

    private static async Task<ScenarioResult> RunAsync(Scenario scenario, int seconds)
    {
        await using var run = new ScenarioRun(scenario, new(seconds, Processes: 2), TestContext.Out.WriteLine);
        var result = await run.RunAsync();
        await TestContext.Out.WriteLineAsync(ResultFiles.Summary(result));
        return result;
    }

    private sealed class FaultyScenario : Scenario
    {
        public override string Name => "faulty";

        public override string Description => "A store that makes every commit twice.";

        public override int Processes => 1;

        public override bool ReadsInTheEnd => false;

        public override Task<StorePlace> StartAsync(ScenarioRun run) => Task.FromResult(new StorePlace(StorePlace.Faulty));
    }
}
