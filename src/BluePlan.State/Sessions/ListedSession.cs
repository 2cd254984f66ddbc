using System.Text;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A session in a listing. The store does not know its id, so a listing does not show it.</summary>
/// <typeparam name="T">The type of the data.</typeparam>
public sealed record ListedSession<T> : SessionInfo
{
    /// <summary>Gets your app's data; <c>default</c> if <see cref="SchemaError"/> is not <c>null</c>.</summary>
    public T? Data { get; init; }

    /// <summary>Gets why the data does not fit the type; <c>null</c> if it was read.</summary>
    /// <remarks>
    /// Such a session can be revoked, and its data can be read as <see cref="System.Text.Json.JsonElement"/>.
    /// </remarks>
    [JsonIgnore]
    public StateSchemaException? SchemaError { get; init; }

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder) => base.PrintMembers(builder);
}
