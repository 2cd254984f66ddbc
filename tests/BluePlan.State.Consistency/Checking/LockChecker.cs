namespace BluePlan.State.Consistency;

/// <summary>
/// Checks a lock and the value that its holders write under their fencing tokens: tokens rise, no two holders can prove at one instant that they hold it, no earlier holder writes after a later one has written, nothing that was
/// counted under the lock is lost, and nobody waits beside a free lock.
/// </summary>
internal sealed class LockChecker : IModelChecker
{
    private readonly RegisterChecker<RegisterState> _register = new(ModelKind.Lock, new RegisterModel());

    /// <inheritdoc/>
    public IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise)
    {
        var name = history.Count > 0 ? history[0].Object : "";
        Anomaly Found(string kind, string reason, params Operation[] operations) => new(kind, ModelKind.Lock, name, reason, operations);

        Operation[] acquired = [.. history.Where(operation => operation is { Action: OperationAction.Acquire, Outcome: Outcome.Ok } && !promise.InWindow(operation.Begun, operation.Ended)).OrderBy(static acquire => acquire.Begun)];
        foreach (var same in acquired.GroupBy(static acquire => acquire.Output[0]).Where(static group => group.Count() > 1)) yield return Found("duplicate token", $"Token {same.Key} was given twice.", [.. same]);
        foreach (var (first, second) in Inversions(acquired, static acquire => acquire.Output[0])) yield return Found("token fell", "A later acquisition got a lower token.", first, second);

        Operation[] holds = [.. history.Where(operation => operation.Action is OperationAction.Hold && !promise.InWindow(operation.Begun, operation.Ended)).OrderBy(static hold => hold.Begun)];
        Operation? longest = null;
        foreach (var hold in holds)
        {
            if (longest is not null && hold.Begun < longest.Ended && !promise.HasStep(longest.Begun - promise.LeaseDuration, hold.Ended)) yield return Found("two holders", "Two held the lock at the same time.", longest, hold);
            if (longest is null || hold.Ended > longest.Ended) longest = hold;
        }

        Operation[] writes = [.. history.Where(operation => operation is { Action: OperationAction.Write or OperationAction.CompareAndSet, Outcome: Outcome.Ok } && !promise.InWindow(operation.Begun, operation.Ended)).OrderBy(static write => write.Begun)];
        foreach (var (first, second) in Inversions(writes, static write => write.Input[^(write.Action is OperationAction.Write ? 2 : 1)])) yield return Found("fence broken", "An earlier holder wrote after a later one.", first, second);
        foreach (var same in writes.Where(static write => write.Action is OperationAction.Write).GroupBy(static write => write.Input[2]).Where(static group => group.Count() > 1))
            yield return Found("lost update", $"The count {same.Key} was reached twice under the lock.", [.. same]);
        foreach (var anomaly in _register.Check([.. history.Where(static operation => operation.Action is OperationAction.Read or OperationAction.Write or OperationAction.CompareAndSet)], promise)) yield return anomaly;

        foreach (var waiter in history.Where(static operation => operation is { Action: OperationAction.Acquire, Outcome: Outcome.Refused }))
        {
            // Free from the last release or hold on; an acquisition whose outcome nobody knows may hold it for a lease, and so may a holder that died.
            var busy = history.Where(operation => operation != waiter && operation.Begun < waiter.Ended && operation.Action is OperationAction.Acquire or OperationAction.Hold or OperationAction.Release && operation.Outcome is not Outcome.Refused)
                .Select(operation => operation.Ended == long.MaxValue ? operation.Begun : operation.Ended).DefaultIfEmpty(0).Max();
            var free = Math.Max(waiter.Begun, Math.Min(busy, waiter.Ended) + promise.LeaseDuration);
            if (promise.Deadline(free) < waiter.Ended) yield return Found("sleeper beside a free lock", $"A waiter gave up though nobody had held the lock since {busy / 1000} ms.", waiter);
        }
    }

    /// <summary>Pairs that followed each other and whose numbers do not rise, one for each second.</summary>
    private static IEnumerable<(Operation First, Operation Second)> Inversions(Operation[] byBegin, Func<Operation, long> number)
    {
        Operation[] byEnd = [.. byBegin.OrderBy(static operation => operation.Ended)];
        Operation? greatest = null;
        var ended = 0;
        foreach (var operation in byBegin)
        {
            for (; ended < byEnd.Length && byEnd[ended].Ended < operation.Begun; ended++)
                if (greatest is null || number(byEnd[ended]) > number(greatest)) greatest = byEnd[ended];
            if (greatest is not null && number(operation) < number(greatest)) yield return (greatest, operation);
        }
    }
}
