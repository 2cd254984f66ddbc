namespace BluePlan.State.Benchmarks;

/// <summary>One comparison, and what the design asks of it.</summary>
/// <param name="What">What is done.</param>
/// <param name="Ours">Our side.</param>
/// <param name="Peer">The other side.</param>
/// <param name="Callers">How many called at once.</param>
/// <param name="OursFigure">The median of our rounds.</param>
/// <param name="PeerFigure">The median of the peer's rounds.</param>
/// <param name="Unit">What both are in.</param>
/// <param name="Ratio">Of the medians: ours to the peer's, in throughput where <paramref name="AtMost"/> is false, in cost where it is true.</param>
/// <param name="Pairs">The same ratio within each round.</param>
/// <param name="Bar">What the design asks; null = nothing.</param>
/// <param name="AtMost">Whether less is better.</param>
internal sealed record Row(
    string What, string Ours, string Peer, int Callers, double OursFigure, double PeerFigure, string Unit, double Ratio, Spread Pairs, double? Bar, bool AtMost)
{
    /// <summary>Null when nothing is asked.</summary>
    public bool? IsMet => Bar is { } bar ? (AtMost ? Ratio <= bar : Ratio >= bar) : null;
}
