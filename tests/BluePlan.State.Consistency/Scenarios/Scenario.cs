namespace BluePlan.State.Consistency;

/// <summary>A store, and what is done to it while clients use it.</summary>
internal abstract class Scenario
{
    /// <summary>What it is called on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence.</summary>
    public abstract string Description { get; }

    /// <summary>With how many confirming replicas it makes sense.</summary>
    public virtual IReadOnlyList<int> MinReplicas => [0];

    /// <summary>How many processes use the store at once, at most.</summary>
    public virtual int Processes => int.MaxValue;

    /// <summary>The shortest run in which its faults have room, in seconds.</summary>
    public virtual int LeastSeconds => 5;

    /// <summary>Why it cannot run on this machine; null when it can.</summary>
    public virtual string? Missing => null;

    /// <summary>Whether the store outlives its clients, so that everything is read again in the end.</summary>
    public virtual bool ReadsInTheEnd => true;

    /// <summary>Starts the servers.</summary>
    /// <returns>Where the clients find the store.</returns>
    public abstract Task<StorePlace> StartAsync(ScenarioRun run);

    /// <summary>Does what is done to the store, over and over until the run is over, and leaves it whole.</summary>
    public virtual Task DisturbAsync(ScenarioRun run) => run.RestAsync();

    /// <summary>Says what is promised beyond what the run has noted.</summary>
    public virtual Promise Promise(Promise promise, ScenarioRun run) => promise;
}
