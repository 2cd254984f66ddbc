namespace BluePlan.State.Consistency;

/// <summary>Checks a register or a config: what was read was written and not refused, and one order explains everything.</summary>
/// <param name="model">The model.</param>
/// <param name="steps">The most steps of a search.</param>
internal sealed class RegisterChecker<TState>(ISequentialModel<TState> model, int steps = Linearizability<TState>.DefaultSteps) : IModelChecker
    where TState : struct, IEquatable<TState>
{
    private const int Shrinkable = 2_000;
    private readonly Linearizability<TState> _search = new(model, steps);

    /// <inheritdoc/>
    public void Check(ObjectHistory history)
    {
        var written = history.All.Where(operation => model.Written(operation) is not null)
            .ToLookup(operation => model.Written(operation)!.Value);
        foreach (var read in history.All.Where(static operation => operation is { Action: OperationAction.Read, Outcome: Outcome.Ok }))
            if (read.Output[^1] is not 0 and var value) history.CheckOrigin(read, value, [.. written[value]]);

        Operation[] evidence = [.. history.Evidence.Where(static operation =>
            operation.Action is OperationAction.Read or OperationAction.Write
            or OperationAction.CompareAndSet or OperationAction.Delete or OperationAction.Save)];
        switch (_search.Check(evidence))
        {
            case null:
                history.Report("undecided", $"The search among {evidence.Length} operations was given up.");
                break;
            case false:
                history.Report("not linearizable", "No order of these operations explains all answers.", Shrink(evidence));
                break;
        }
    }

    /// <summary>
    /// Leaves out operations as long as the rest is without an order: first those behind the one that cannot be placed, then one by one.
    /// </summary>
    private List<Operation> Shrink(Operation[] operations)
    {
        var rest = operations.OrderBy(static operation => operation.Begun).ToList();
        if (rest.Count > Shrinkable) return rest;
        var (low, high) = (1, rest.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_search.Check(rest.Take(middle)) == false) high = middle;
            else low = middle + 1;
        }
        rest = [.. rest.Take(low)];
        for (var i = rest.Count - 1; i >= 0; i--)
        {
            var one = rest[i];
            if (!CanBeLeftOut(one, rest)) continue;
            rest.RemoveAt(i);
            if (_search.Check(rest) != false) rest.Insert(i, one);
        }
        return rest;
    }

    // A write whose value is seen, or that takes a version, cannot be left out: its absence would be the fault.
    private bool CanBeLeftOut(Operation one, List<Operation> rest) =>
        one.IsRead || one.Outcome is Outcome.Refused || !model.CountsChanges && model.Written(one) is { } value
            && !rest.SelectMany(model.Observed).Contains(value);
}
