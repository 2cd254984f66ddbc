namespace BluePlan.State.Consistency;

/// <summary>Checks the history of one object.</summary>
internal interface IModelChecker
{
    /// <summary>Reports what the model does not allow.</summary>
    void Check(ObjectHistory history);
}
