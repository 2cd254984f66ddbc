using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>How many keys of a type and shape a backup holds.</summary>
internal sealed record ManifestType(string Type, StateShape Shape, long Keys);
