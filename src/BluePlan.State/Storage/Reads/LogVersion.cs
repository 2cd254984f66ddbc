namespace BluePlan.State.Storage;

/// <summary>The state of a log that a reader has seen. <c>default</c> is that of a reader who has seen nothing.</summary>
/// <remarks>
/// Discard it when a call has failed with <see cref="StateUnavailableException"/>. The store may have lost its newest
/// entries then, by a failover for instance, and may give their sequences to others under the same revision.
/// </remarks>
/// <param name="Revision">The <see cref="LogContent.Revision"/> of the last answer.</param>
/// <param name="LastSequence">The <see cref="LogContent.LastSequence"/> of the last answer.</param>
public readonly record struct LogVersion(StateETag Revision, long LastSequence);
