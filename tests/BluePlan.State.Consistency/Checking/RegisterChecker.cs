namespace BluePlan.State.Consistency;

/// <summary>Checks a register or a config: what was read was written and not refused, and one order explains everything.</summary>
internal sealed class RegisterChecker<TState>(ModelKind kind, ISequentialModel<TState> model) : IModelChecker where TState : struct, IEquatable<TState>
{
    private const int Shrinkable = 2_000;
    private readonly Linearizability<TState> _search = new(model);

    /// <inheritdoc/>
    public IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise)
    {
        var name = history.Count > 0 ? history[0].Object : "";
        var written = history.Where(static operation => operation is { IsRead: false, Input.Count: > 0 } && operation.Action is not OperationAction.Delete).ToLookup(static operation => operation.Input[0]);
        foreach (var read in history.Where(static operation => operation is { Action: OperationAction.Read, Outcome: Outcome.Ok }))
        {
            var value = read.Output[^1];
            if (value == 0) continue;
            Operation[] writes = [.. written[value]];
            if (writes.Length == 0) yield return new("never written", kind, name, $"Value {value} was read; nobody wrote it.", [read]);
            else if (writes.All(static write => write.Outcome is Outcome.Failed or Outcome.Refused)) yield return new("dirty read", kind, name, $"Value {value} was read; its write had failed for certain.", [.. writes, read]);
            else if (writes.All(write => write.Begun > read.Ended)) yield return new("read of the future", kind, name, $"Value {value} was read before its write began.", [.. writes, read]);
        }

        Operation[] evidence = [.. history.Select(promise.Evidence).OfType<Operation>()];
        switch (_search.Check(evidence))
        {
            case null:
                yield return new("undecided", kind, name, $"The search among {evidence.Length} operations was given up.", []);
                break;
            case false:
                yield return new("not linearizable", kind, name, "No order of these operations explains all answers.", Shrink(evidence));
                break;
        }
    }

    /// <summary>Leaves out operations as long as the rest is without an order: first from the end, whole stretches, then one by one.</summary>
    private Operation[] Shrink(Operation[] operations)
    {
        if (operations.Length > Shrinkable) return operations;
        var rest = operations.OrderBy(static operation => operation.Begun).ToList();
        // Operations behind the one that cannot be placed say nothing.
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
            // A write whose value is seen cannot be left out: its absence would be the fault.
            if (!one.IsRead && one.Outcome is not Outcome.Refused && (model.CountsChanges || model.Written(one) is not { } value || rest.SelectMany(model.Observed).Contains(value))) continue;
            rest.RemoveAt(i);
            if (_search.Check(rest) != false) rest.Insert(i, one);
        }
        return [.. rest];
    }
}
