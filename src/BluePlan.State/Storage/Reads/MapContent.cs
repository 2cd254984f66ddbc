namespace BluePlan.State.Storage;

/// <summary>What a map holds.</summary>
/// <param name="Fields">The fields that were asked for and are there.</param>
public sealed record MapContent(IReadOnlyDictionary<string, MapValue> Fields) : StateContent;
