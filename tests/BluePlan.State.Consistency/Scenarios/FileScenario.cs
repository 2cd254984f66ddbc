namespace BluePlan.State.Consistency;

/// <summary>The file store, with one fault again and again.</summary>
internal class FileScenario(string name, string description, Func<ScenarioRun, string, Task>? disturb = null) : Scenario
{
    private string _directory = "";

    public override string Name => name;

    public override string Description => description;

    public override int Processes => 1;

    public override int LeastSeconds => disturb is null ? 3 : 8;

    public override Task<StorePlace> StartAsync(ScenarioRun run)
    {
        _directory = Place(run);
        return Task.FromResult(new StorePlace(StorePlace.File, _directory));
    }

    public override Task DisturbAsync(ScenarioRun run) => disturb is null ? run.RestAsync() : disturb(run, _directory);

    // The provider writes slides once a second.
    public override Promise Promise(Promise promise, ScenarioRun run) => promise with { SlideDelay = 1_200_000 };

    protected virtual string Place(ScenarioRun run) => Path.Combine(run.Directory, "store");
}
