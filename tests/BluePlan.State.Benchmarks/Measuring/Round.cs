namespace BluePlan.State.Benchmarks;

/// <summary>What one contestant did in one round.</summary>
/// <param name="Operations">How many operations were made.</param>
/// <param name="Elapsed">In what time.</param>
/// <param name="AllocatedBytes">What the process allocated on its heap meanwhile.</param>
/// <param name="ProcessTime">This process's processor time meanwhile.</param>
/// <param name="ServerTime">The server's processor time meanwhile; null where there is no server.</param>
/// <param name="Stolen">What the host gave to others of the processor time that was wanted meanwhile.</param>
internal sealed record Round(long Operations, TimeSpan Elapsed, long AllocatedBytes, TimeSpan ProcessTime, TimeSpan? ServerTime, TimeSpan Stolen)
{
    public double OperationsPerSecond => Operations / Elapsed.TotalSeconds;
}
