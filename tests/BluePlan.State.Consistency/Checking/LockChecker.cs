namespace BluePlan.State.Consistency;

/// <summary>
/// Checks a lock and the value that its holders write under their fencing tokens: tokens rise, no two holders can prove at one instant that
/// they hold it,
/// no earlier holder writes after a later one has written, nothing that was counted under the lock is lost, and nobody waits beside a free
/// lock.
/// </summary>
internal sealed class LockChecker : IModelChecker
{
    private readonly RegisterChecker<RegisterState> _register = new(new RegisterModel());

    /// <inheritdoc/>
    public void Check(ObjectHistory history)
    {
        // What a failover may take back proves nothing about locks, confirmed or not: see README, "What it does not do".
        Operation[] certain = [.. history.All.Where(operation => operation.Outcome is Outcome.Ok
            && !history.Promise.InWindow(operation.Begun, operation.Ended))];
        CheckTokens(history, [.. certain.Where(static operation => operation.Action is OperationAction.Acquire)]);
        CheckHolders(history, certain.Where(static operation => operation.Action is OperationAction.Hold));
        CheckSections(history, [.. certain.Where(static operation =>
            operation.Action is OperationAction.Write or OperationAction.CompareAndSet)]);
        _register.Check(history);
        foreach (var waiter in history.All.Where(static operation =>
            operation is { Action: OperationAction.Acquire, Outcome: Outcome.Refused })) CheckWaiter(history, waiter);
    }

    private static void CheckTokens(ObjectHistory history, Operation[] acquired)
    {
        foreach (var same in acquired.GroupBy(static acquire => acquire.Output[0]).Where(static group => group.Count() > 1))
            history.Report("duplicate token", $"Token {same.Key} was given twice.", [.. same]);
        foreach (var (first, second) in Successions.Falling(acquired, static acquire => acquire.Output[0]))
            history.Report("token fell", "A later acquisition got a lower token.", first, second);
    }

    private static void CheckHolders(ObjectHistory history, IEnumerable<Operation> holds)
    {
        Operation? longest = null;
        foreach (var hold in holds.OrderBy(static hold => hold.Begun))
        {
            // A lease may end early when the server's clock is set.
            if (longest is not null && hold.Begun < longest.Ended
                && !history.Promise.HasStep(longest.Begun - history.Promise.LeaseDuration, hold.Ended))
                history.Report("two holders", "Two held the lock at the same time.", longest, hold);
            if (longest is null || hold.Ended > longest.Ended) longest = hold;
        }
    }

    private static void CheckSections(ObjectHistory history, Operation[] writes)
    {
        foreach (var (first, second) in Successions.Falling(writes,
            static write => write.Input[write.Action is OperationAction.Write ? 1 : 2]))
            history.Report("fence broken", "An earlier holder wrote after a later one.", first, second);
        foreach (var same in writes.Where(static write => write.Action is OperationAction.Write).GroupBy(static write => write.Input[2])
            .Where(static group => group.Count() > 1))
            history.Report("lost update", $"The count {same.Key} was reached twice under the lock.", [.. same]);
    }

    private static void CheckWaiter(ObjectHistory history, Operation waiter)
    {
        // Free from the last release or hold on; an acquisition whose outcome nobody knows may hold it for a lease, and so may a holder
        // that died.
        var busy = history.All.Where(operation => operation != waiter && operation.Begun < waiter.Ended
            && operation.Outcome is not Outcome.Refused
                && operation.Action is OperationAction.Acquire or OperationAction.Hold or OperationAction.Release)
            .Select(static operation => operation.Ended == long.MaxValue ? operation.Begun : operation.Ended).Append(0).Max();
        var free = Math.Max(waiter.Begun, Math.Min(busy, waiter.Ended) + history.Promise.LeaseDuration);
        if (history.Promise.Deadline(free) < waiter.Ended)
            history.Report("sleeper beside a free lock", $"A waiter gave up though nobody had held the lock since {busy / 1000} ms.",
                waiter);
    }
}
