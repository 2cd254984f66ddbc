namespace BluePlan.State.Consistency;

/// <summary>Checks the history of one object.</summary>
internal interface IModelChecker
{
    /// <summary>Finds what the model does not allow.</summary>
    /// <param name="history">All operations on the object.</param>
    /// <param name="promise">What is allowed.</param>
    IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise);
}
