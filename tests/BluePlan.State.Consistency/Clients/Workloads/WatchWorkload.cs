namespace BluePlan.State.Consistency;

/// <summary>Configs that each process follows: by watches that stay, and by watches that come and go beside them.</summary>
internal sealed class WatchWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private long _watches;

    public override ModelKind Model => ModelKind.Watch;

    public override string Prefix => "w";

    public override int Weight => 1;

    public override Task<Operation> StepAsync(string name, Random random)
    {
        var value = Recorder.NextValue();
        return CallAsync(name, OperationAction.Save, [value, -1],
            async _ => [(await State.Config.SaveAsync(name, new Cargo(value))).Version]);
    }

    public override Task<Operation> ReadAsync(string name) =>
        CallAsync(name, OperationAction.Read, [],
            async _ => await State.Config.LoadAsync<Cargo>(name) is { } entry ? [entry.Version, entry.Value.Value] : [0, 0]);

    /// <summary>Follows a config until the run ends, by one watch after another.</summary>
    /// <param name="name">The config.</param>
    /// <param name="longest">How long each watch lives at most, in milliseconds; null = as long as it can.</param>
    /// <param name="random">Of this loop alone.</param>
    /// <param name="stop">The end of the run.</param>
    public async Task FollowAsync(string name, int? longest, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var watch = Interlocked.Increment(ref _watches) + (Recorder.NextValue() / 1_000_000_000 * 1_000_000_000);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (longest is { } milliseconds) end.CancelAfter(random.Next(20, milliseconds));
            var living = Recorder.Now;
            try
            {
                await foreach (var entry in State.Config.WatchAsync<Cargo>(name, end.Token))
                {
                    var now = Recorder.Now;
                    Recorder.Note(Model, name, OperationAction.Hear, [watch], entry is null ? [0, 0] : [entry.Version, entry.Value.Value],
                        now, now);
                    living = Recorder.Now;
                    if (end.IsCancellationRequested) break;
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or StateUnavailableException)
            {
                // Ended by its time or by the store: a watch that is cancelled lived until then, one that broke as long as it was heard.
                if (exception is OperationCanceledException) living = Recorder.Now - 20_000;
                else await Task.Delay(100, CancellationToken.None);
            }
            Recorder.Note(Model, name, OperationAction.EndWatch, [watch], [], living, living);
        }
    }
}
