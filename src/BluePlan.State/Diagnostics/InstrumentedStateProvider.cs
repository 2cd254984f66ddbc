using System.Diagnostics;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Reports every call to the store as an activity and a duration; steps aside while nobody listens.</summary>
internal sealed class InstrumentedStateProvider(IStateProvider inner) : DelegatingStateProvider(inner)
{
    private static bool IsObserved => StateTelemetry.Durations.Enabled || StateTelemetry.Source.HasListeners();

    public override async ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
    {
        using var call = new ObservedCall(Name, "open", 1);
        return await call.ObserveAsync(Inner.OpenAsync(options, cancellationToken)).ConfigureAwait(false);
    }

    public override ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken) =>
        IsObserved ? CommitObservedAsync(commit, cancellationToken) : Inner.CommitAsync(commit, cancellationToken);

    public override ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken) =>
        IsObserved ? ReadObservedAsync(reads, cancellationToken) : Inner.ReadAsync(reads, cancellationToken);

    public override ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken) =>
        IsObserved ? ReadOneObservedAsync(read, cancellationToken) : Inner.ReadOneAsync(read, cancellationToken);

    public override async ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken)
    {
        using var call = new ObservedCall(Name, "import", 1);
        await call.ObserveAsync(ImportAsync()).ConfigureAwait(false);

        async ValueTask<bool> ImportAsync()
        {
            await Inner.ImportAsync(records, mode, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    // Methods of their own, since a local function would make every call allocate what it captures.
    private async ValueTask<CommitResult> CommitObservedAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        using var call = new ObservedCall(Name, "commit", commit.Operations.Count);
        var result = await call.ObserveAsync(Inner.CommitAsync(commit, cancellationToken)).ConfigureAwait(false);
        if (!result.IsCommitted) call.Outcome = "conflict";
        return result;
    }

    private async ValueTask<IReadOnlyList<StateContent?>> ReadObservedAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        using var call = new ObservedCall(Name, "read", reads.Count);
        return await call.ObserveAsync(Inner.ReadAsync(reads, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask<StateContent?> ReadOneObservedAsync(StateRead read, CancellationToken cancellationToken)
    {
        using var call = new ObservedCall(Name, "read", 1);
        return await call.ObserveAsync(Inner.ReadOneAsync(read, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>One call: its activity, its clock and how it ended.</summary>
    private sealed class ObservedCall(string provider, string operation, int items) : IDisposable
    {
        private readonly Activity? _activity = StateTelemetry.Source.StartActivity($"state {operation}", ActivityKind.Client);
        private readonly long _started = Stopwatch.GetTimestamp();

        public string Outcome { get; set; } = "ok";

        public async ValueTask<T> ObserveAsync<T>(ValueTask<T> call)
        {
            try
            {
                return await call.ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Outcome = exception is OperationCanceledException ? "cancelled" : exception.GetType().Name;
                _activity?.SetStatus(ActivityStatusCode.Error, Outcome);
                throw;
            }
        }

        public void Dispose()
        {
            if (StateTelemetry.Durations.Enabled)
            {
                StateTelemetry.Durations.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds,
                    new(StateTelemetry.ProviderTag, provider), new(StateTelemetry.OperationTag, operation), new(StateTelemetry.OutcomeTag, Outcome));
            }
            if (_activity is null) return;
            _activity.SetTag(StateTelemetry.ProviderTag, provider).SetTag(StateTelemetry.OperationTag, operation).SetTag(StateTelemetry.ItemsTag, items).SetTag(StateTelemetry.OutcomeTag, Outcome);
            _activity.Dispose();
        }
    }
}
