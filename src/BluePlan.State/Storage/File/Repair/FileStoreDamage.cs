namespace BluePlan.State.Storage;

/// <summary>A place in a file store where something else stands than was written, or nothing.</summary>
/// <param name="File">The name of the file in the store's directory.</param>
/// <param name="Offset">The byte from which on it is damaged; 0 also when the file is missing.</param>
/// <param name="What">What was found there, and what it means for what the store holds.</param>
public sealed record FileStoreDamage(string File, long Offset, string What);
