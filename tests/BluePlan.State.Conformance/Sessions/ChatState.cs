namespace BluePlan.State.Conformance;

/// <summary>What the tests keep in a session.</summary>
public sealed record ChatState(string Topic, int Turns);
