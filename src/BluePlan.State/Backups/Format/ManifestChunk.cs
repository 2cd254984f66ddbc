namespace BluePlan.State;

/// <summary>A chunk of a backup.</summary>
/// <param name="Hash">The SHA-256 of the stored object, in 64 lower-case hexadecimal digits, which is the last segment of its name.</param>
/// <param name="StoredBytes">How long the stored object is.</param>
/// <param name="RecordBytes">How long its records are before compression.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="Keys">How many keys begin in it; a big key may go on in the next chunks.</param>
/// <param name="FirstPartition">The lowest partition of its records, so that a selection can pass it over.</param>
/// <param name="LastPartition">The highest one.</param>
internal sealed record ManifestChunk(string Hash, long StoredBytes, long RecordBytes, long Records, long Keys, int FirstPartition, int LastPartition);
