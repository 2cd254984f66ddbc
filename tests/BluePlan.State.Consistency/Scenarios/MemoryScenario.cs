namespace BluePlan.State.Consistency;

/// <summary>The store in memory.</summary>
internal sealed class MemoryScenario : Scenario
{
    public override string Name => "memory";

    public override string Description => "One process on the store in memory, undisturbed.";

    public override int Processes => 1;

    public override bool ReadsInTheEnd => false;

    public override Task<StorePlace> StartAsync(ScenarioRun run) => Task.FromResult(new StorePlace(StorePlace.Memory));
}
