namespace BluePlan.State.Storage;

/// <summary>Deletes a key of any shape. A log begins again at 1 afterwards.</summary>
/// <remarks>Answers <see cref="OperationResult.Count"/>: 1 when it was there, 0 when it was absent or expired, which is no error.</remarks>
public sealed record DeleteKey : StateOperation
{
    /// <inheritdoc cref="DeleteKey"/>
    public DeleteKey(StateKey key) : base(key, null) { }
}
