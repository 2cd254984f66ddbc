namespace BluePlan.State;

/// <summary>What copying a store did.</summary>
/// <param name="KeysWritten">How many keys were written.</param>
/// <param name="KeysRemoved">How many keys of the tenant the target had besides, which were deleted; null when the whole store was copied, which does not count them.</param>
/// <param name="IsAtomic">Whether the target changed in one step.</param>
public sealed record CopyReport(long KeysWritten, long? KeysRemoved, bool IsAtomic);
