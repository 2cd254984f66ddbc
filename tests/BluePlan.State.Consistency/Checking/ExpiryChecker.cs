namespace BluePlan.State.Consistency;

/// <summary>Checks keys that expire when they are not read for a time: never absent before it, never found long after it.</summary>
internal sealed class ExpiryChecker : IModelChecker
{
    /// <inheritdoc/>
    public void Check(ObjectHistory history)
    {
        Operation[] touches = [.. history.All.Where(IsTouch)],
            certain = [.. history.Evidence.Where(IsTouch).Where(static touch => touch.Outcome is Outcome.Ok)];
        foreach (var read in history.Evidence.Where(static operation => operation.Action is OperationAction.Read or OperationAction.Peek))
        {
            if (read.Output[0] == 0) CheckAbsent(history, read, certain);
            else CheckFound(history, read, touches);
        }
    }

    private static void CheckAbsent(ObjectHistory history, Operation read, Operation[] touches)
    {
        var promise = history.Promise;
        var least = promise.ExpiryWindow - promise.ExpiryTolerance;
        if (Array.Find(touches, touch => touch.Ended < read.Begun && read.Ended < touch.Begun + least
            && !promise.HasStep(touch.Begun, read.Ended) && !promise.TakesBack(touch)) is { } touch)
            history.Report("early expiry", $"The key is absent {(read.Ended - touch.Begun) / 1000} ms after it was touched.", touch, read);
    }

    private static void CheckFound(ObjectHistory history, Operation read, Operation[] touches)
    {
        var promise = history.Promise;
        var last = touches.Where(touch => touch.Begun <= read.Ended && touch != read).MaxBy(static touch => touch.Latest);
        if (last is null)
            history.Report("never written", "The key is found; nobody wrote it.", read);
        // A clock that was ahead once gave the key an end that no later touch takes back.
        else if (last.Latest < read.Begun && read.Begun - last.Latest > promise.ExpiryWindow + promise.ExpiryDelay
            && !promise.HasStep(touches.Min(static touch => touch.Begun), read.Ended))
            history.Report("late expiry", $"The key is found {(read.Begun - last.Latest) / 1000} ms after it was last touched.", last, read);
    }

    // A read slides what it finds; one of unknown outcome may have.
    private static bool IsTouch(Operation operation) => operation.Action switch
    {
        OperationAction.Write => operation.Outcome is Outcome.Ok or Outcome.Unknown,
        OperationAction.Read => operation.Outcome is Outcome.Unknown || operation is { Outcome: Outcome.Ok, Output: [1] },
        _ => false,
    };
}
