namespace BluePlan.State.Benchmarks;

/// <summary>What a race gave.</summary>
internal sealed record RaceResult(string Name, IReadOnlyList<Setup> Setups, IReadOnlyList<Figures> Figures)
{
    public Figures this[string contestant, int callers] => Figures.Single(f => f.Contestant == contestant && f.Callers == callers);

    /// <summary>A row of the design: how many times the peer's throughput ours is.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="ours">The name of our side.</param>
    /// <param name="peer">The name of the other.</param>
    /// <param name="callers">With how many callers.</param>
    /// <param name="bar">What the ratio must reach; null = it is shown and not judged.</param>
    public Row AtLeast(string what, string ours, string peer, int callers, double? bar) => Compare(what, this[ours, callers], this[peer, callers], bar, atMost: false);

    /// <summary>A row of the design: how many times the cost of the small one the cost of the large one is.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="large">The name of the large side.</param>
    /// <param name="small">The name of the small side.</param>
    /// <param name="callers">With how many callers.</param>
    /// <param name="bar">What the ratio must keep within; null = it is shown and not judged.</param>
    public Row AtMost(string what, string large, string small, int callers, double? bar) => Compare(what, this[large, callers], this[small, callers], bar, atMost: true);

    private static Row Compare(string what, Figures ours, Figures peer, double? bar, bool atMost)
    {
        double Ratio(double mine, double other) => atMost ? other / mine : mine / other;
        return new(what, ours.Contestant, peer.Contestant, ours.Callers, ours.OperationsPerSecond.Median, peer.OperationsPerSecond.Median, "ops/s",
            Ratio(ours.OperationsPerSecond.Median, peer.OperationsPerSecond.Median), Spread.Of(ours.Rounds.Zip(peer.Rounds, Ratio)), bar, atMost);
    }
}
