namespace BluePlan.State;

/// <summary>A model's wish to have a tool called.</summary>
/// <param name="Id">Names the call among its message's calls; its result refers to it. Not empty. Models repeat ids over time: a result belongs to the nearest call before it.</param>
/// <param name="Name">The tool. Not empty.</param>
/// <param name="ArgumentsJson">The arguments as the model wrote them, usually a JSON object; kept character by character, also when they are no valid JSON. Perhaps empty, never null.</param>
public sealed record ToolCall(string Id, string Name, string ArgumentsJson);
