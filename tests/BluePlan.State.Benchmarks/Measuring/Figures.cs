namespace BluePlan.State.Benchmarks;

/// <summary>What one contestant reached with one number of callers.</summary>
/// <param name="Contestant">Its name.</param>
/// <param name="Callers">How many called at once.</param>
/// <param name="OperationsPerSecond">Over the rounds.</param>
/// <param name="P50Micros">The median of the time of a call, in microseconds.</param>
/// <param name="P99Micros">What 99 of 100 calls kept within, in microseconds.</param>
/// <param name="AllocatedBytes">Allocated in this process for one operation: the median of the rounds.</param>
/// <param name="ProcessMicros">This process's processor time for one operation, in microseconds: the median of the rounds. Other work on the machine disturbs it less than it does throughput.</param>
/// <param name="ServerMicros">The server's processor time for one operation, in microseconds: the median of the rounds.</param>
/// <param name="Rounds">Operations a second in each round, in order.</param>
internal sealed record Figures(
    string Contestant, int Callers, Spread OperationsPerSecond, double P50Micros, double P99Micros, double AllocatedBytes, double ProcessMicros, double? ServerMicros, IReadOnlyList<double> Rounds)
{
    public static Figures Of(IContestant contestant, int callers, IReadOnlyList<Round> rounds, IReadOnlyList<Caller> all)
    {
        var times = all.SelectMany(static caller => caller.Times).Order().ToArray();
        double Percentile(double share) => times.Length == 0 ? 0 : TimeSpan.FromTicks(times[(int)Math.Min(times.Length - 1, times.Length * share)]).TotalMicroseconds / contestant.OperationsPerCall;
        return new(
            contestant.Name, callers, Spread.Of(rounds.Select(static r => r.OperationsPerSecond)), Percentile(0.5), Percentile(0.99),
            Spread.Of(rounds.Select(static r => (double)r.AllocatedBytes / r.Operations)).Median,
            Spread.Of(rounds.Select(static r => r.ProcessTime.TotalMicroseconds / r.Operations)).Median,
            rounds[0].ServerTime is null ? null : Spread.Of(rounds.Select(static r => r.ServerTime!.Value.TotalMicroseconds / r.Operations)).Median,
            [.. rounds.Select(static r => r.OperationsPerSecond)]);
    }
}
