using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>The style of the library's own records in JSON, the same for every manager.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Every member has a name of its own in its record, by <see cref="JsonPropertyNameAttribute"/>. A stored name never changes; the property's may.</item>
/// <item>A member that has its type's default is left out, unless that says something else than its absence.</item>
/// <item>Instants are Unix milliseconds. Enumerations are names.</item>
/// <item>A later version may add members. They are passed over by an earlier one.</item>
/// <item>The contexts write by generated code, so each has the three settings below in its attribute.</item>
/// </list>
/// </remarks>
internal static class StoredJson
{
    /// <summary>How deep JSON of the app may nest in a record.</summary>
    public const int MaxPartsDepth = 256;

    /// <summary>How deep a record may nest.</summary>
    public const int MaxDepth = MaxPartsDepth + 8;

    /// <summary>What is left out.</summary>
    public const JsonIgnoreCondition Omitted = JsonIgnoreCondition.WhenWritingDefault;

    /// <summary>Whether enumerations are names.</summary>
    public const bool EnumsByName = true;
}
