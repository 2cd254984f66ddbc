namespace BluePlan.State.Demo;

/// <summary>The demo's config: how often it ran, and for whom it kept state.</summary>
internal sealed record DemoSettings(int Runs, IReadOnlyList<string> Users)
{
    public const string ConfigName = "demo";
}
