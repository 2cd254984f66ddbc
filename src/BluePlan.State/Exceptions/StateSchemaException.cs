namespace BluePlan.State;

/// <summary>A stored value is intact, but does not fit the type that it was read as. Nothing was changed.</summary>
/// <remarks>
/// The app's type has changed since, for instance a property became required, or another type was asked for. Register
/// an upgrade with <see cref="BluePlanStateBuilder.UpgradeJson{T}"/>, or read the value as
/// <see cref="System.Text.Json.JsonElement"/>. Deleting, revoking, rotating and listing never need to decode a value,
/// so they go on working.
/// </remarks>
public sealed class StateSchemaException : StateException
{
    /// <summary>A stored value does not fit the type that it was read as.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="targetType">The type that was asked for.</param>
    /// <param name="key">What the call was about.</param>
    /// <param name="inner">What the serializer threw.</param>
    public StateSchemaException(string message, Type targetType, string? key = null, Exception? inner = null) : base(message, key, inner) => TargetType = targetType;

    /// <summary>The type that was asked for.</summary>
    public Type TargetType { get; }
}
