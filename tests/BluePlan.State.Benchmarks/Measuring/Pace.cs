namespace BluePlan.State.Benchmarks;

/// <summary>How long to measure.</summary>
/// <param name="Rounds">How many rounds count.</param>
/// <param name="WarmUp">How long each contestant runs before them.</param>
/// <param name="Round">How long one contestant runs in one round.</param>
/// <param name="IsQuick">Whether it only shows that everything runs; nothing is judged then.</param>
/// <param name="Repeats">What is measured again.</param>
internal sealed record Pace(int Rounds, TimeSpan WarmUp, TimeSpan Round, bool IsQuick, Repeats Repeats)
{
    public static readonly Pace Full = new(7, TimeSpan.FromMilliseconds(800), TimeSpan.FromMilliseconds(300), IsQuick: false, new(60));
    public static readonly Pace Quick = new(1, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(30), IsQuick: true, new(0));

    /// <summary>A size of the full measurement; its square root where that is enough to show that everything runs.</summary>
    public int Size(int full) => IsQuick ? (int)Math.Sqrt(full) : full;
}
