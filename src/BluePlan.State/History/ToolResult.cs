using System.Text.Json;

namespace BluePlan.State;

/// <summary>What a tool answered to a <see cref="ToolCall"/>. Immutable; two are equal when everything they hold is
/// equal.</summary>
/// <param name="CallId">The <see cref="ToolCall.Id"/> that it answers.</param>
/// <param name="Text">The answer. Perhaps empty, never null.</param>
public sealed record ToolResult(string CallId, string Text)
{
    /// <summary>
    /// The answer as content parts, for example with images: any JSON up to 256 levels deep. <c>null</c> if it is text
    /// only. Searches look at <see cref="Text"/> alone.
    /// </summary>
    public JsonElement? Parts { get; init; }

    /// <summary>Further members of the result, for example <c>is_error</c>. They are kept and returned, never
    /// interpreted.</summary>
    public IReadOnlyDictionary<string, JsonElement> AdditionalProperties { get; init; } = JsonMembers.None;

    /// <summary>Compares contents, those of <see cref="Parts"/> and <see cref="AdditionalProperties"/> too.</summary>
    public bool Equals(ToolResult? other) =>
        other is not null && CallId == other.CallId && Text == other.Text
        && (Parts is { } parts ? other.Parts is { } others && JsonElement.DeepEquals(parts, others) : other.Parts is null)
        && JsonMembers.AreEqual(AdditionalProperties, other.AdditionalProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(CallId, Text);

    /// <summary>The call's id, for debugging: never the answer.</summary>
    public override string ToString() => $"result of {CallId}";
}
