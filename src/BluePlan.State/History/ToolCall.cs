using System.Text.Json;

namespace BluePlan.State;

/// <summary>A model's wish to have a tool called. Immutable; two are equal when everything they hold is
/// equal.</summary>
/// <param name="Id">Names the call among its message's calls; its result refers to it. Not empty. Models repeat ids over time: a result belongs to the nearest call before it.</param>
/// <param name="Name">The tool. Not empty.</param>
/// <param name="ArgumentsJson">The arguments as the model wrote them, usually a JSON object; kept character by character, also when they are no valid JSON. Perhaps empty, never null.</param>
public sealed record ToolCall(string Id, string Name, string ArgumentsJson)
{
    /// <summary>
    /// Further members of the call, for example <c>extra_content</c> with a thought signature, without which some
    /// models refuse the next prompt. They are kept and returned, never interpreted. In files, <c>type</c> is the kind
    /// of a call that is not a function's, and the members of <c>function</c> or <c>custom</c> are those beside name
    /// and arguments.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> AdditionalProperties { get; init; } = JsonMembers.None;

    /// <summary>Compares contents, those of <see cref="AdditionalProperties"/> too.</summary>
    public bool Equals(ToolCall? other) =>
        other is not null && Id == other.Id && Name == other.Name && ArgumentsJson == other.ArgumentsJson && JsonMembers.AreEqual(AdditionalProperties, other.AdditionalProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Name, ArgumentsJson);

    /// <summary>The id, for debugging: never the arguments.</summary>
    public override string ToString() => $"call {Id}";
}
