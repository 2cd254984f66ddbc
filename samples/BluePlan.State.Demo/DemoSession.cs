namespace BluePlan.State.Demo;

/// <summary>What the demo keeps in a user's session.</summary>
internal sealed record DemoSession(string Theme, int Turns);
