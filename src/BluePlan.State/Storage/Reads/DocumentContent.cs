namespace BluePlan.State.Storage;

/// <summary>What a document holds.</summary>
/// <param name="Value">The bytes; empty when only the head was asked for.</param>
/// <param name="ETag">The document's version.</param>
public sealed record DocumentContent(ReadOnlyMemory<byte> Value, StateETag ETag) : StateContent;
