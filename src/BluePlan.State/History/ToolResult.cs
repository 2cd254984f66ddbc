namespace BluePlan.State;

/// <summary>What a tool answered to a <see cref="ToolCall"/>.</summary>
/// <param name="CallId">The <see cref="ToolCall.Id"/> that it answers.</param>
/// <param name="Text">The answer. Perhaps empty, never null.</param>
public sealed record ToolResult(string CallId, string Text);
