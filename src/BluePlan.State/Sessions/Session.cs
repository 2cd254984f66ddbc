using System.Text;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A session as of one instant, with its data. Its text and its JSON do not show the id.</summary>
/// <typeparam name="T">The type of the data.</typeparam>
public sealed record Session<T> : SessionInfo
{
    /// <summary>Gets the session's id, a bearer secret: it gives full access to the session. Never log it.</summary>
    /// <remarks>
    /// The store keeps only its hash. The property is not <c>required</c>, since System.Text.Json refuses a type with a
    /// required member that it ignores: it is empty in a session that was read from JSON.
    /// </remarks>
    [JsonIgnore]
    public string Id { get; init; } = "";

    /// <summary>Gets your app's data.</summary>
    public required T Data { get; init; }

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder) => base.PrintMembers(builder);
}
