namespace BluePlan.State.Benchmarks;

/// <summary>Totals as the source document stores them.</summary>
internal sealed class SourceStats
{
    public long TotalTokens { get; set; }

    public Dictionary<string, long> ModelUsage { get; set; } = [];

    public int UserCount { get; set; }

    public void Add(int tokens, string model)
    {
        TotalTokens += tokens;
        ModelUsage[model] = ModelUsage.GetValueOrDefault(model) + tokens;
    }
}
