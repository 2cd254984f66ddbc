namespace BluePlan.State.Benchmarks;

/// <summary>Rounds that are measured again since others took the processor away in the middle of them: not so many that a busy host makes a run much longer.</summary>
/// <param name="most">How many in all.</param>
internal sealed class Repeats(int most)
{
    // Of all processors, in a round that counts.
    private const double MostStolen = 0.02;

    /// <summary>How many there have been.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a round is to be measured again, whoever ran in it.</summary>
    public bool Wants(Round round)
    {
        if (round.Stolen < round.Elapsed * Environment.ProcessorCount * MostStolen || Count == most) return false;
        Count++;
        return true;
    }
}
