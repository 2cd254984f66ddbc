using BluePlan.State.Storage;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>A provider that counts calls and lets a test stand between a manager and the store: to fail a call before it is made, to lose its reply, or to let somebody else write first.</summary>
/// <remarks>A hook may be called from several threads at once.</remarks>
public sealed class InterceptingProvider(IStateProvider inner) : DelegatingStateProvider(inner)
{
    private readonly SemaphoreSlim _opening = new(1);
    private StateStoreInfo? _info;
    private int _commits;
    private int _reads;

    /// <summary>Called instead of each commit, with a function that makes it; null = nothing stands between.</summary>
    public Func<StateCommit, Func<ValueTask<CommitResult>>, ValueTask<CommitResult>>? OnCommit { get; set; }

    /// <summary>Called instead of each read, with a function that makes it; null = nothing stands between.</summary>
    public Func<IReadOnlyList<StateRead>, Func<ValueTask<IReadOnlyList<StateContent?>>>, ValueTask<IReadOnlyList<StateContent?>>>? OnRead { get; set; }

    /// <summary>How many commits were asked for since <see cref="ResetCounts"/>.</summary>
    public int Commits => Volatile.Read(ref _commits);

    /// <summary>How many reads were asked for since <see cref="ResetCounts"/>, each a round trip however many keys it names.</summary>
    public int Reads => Volatile.Read(ref _reads);

    internal IStateProvider Target => Inner;

    /// <summary>Counts from zero again.</summary>
    public void ResetCounts() => (_commits, _reads) = (0, 0);

    /// <summary>Lets the next commit happen and loses its reply, as when a connection breaks: the caller sees that it may have been written.</summary>
    public void LoseNextReply() => OnCommit = async (_, commit) =>
    {
        OnCommit = null;
        await commit();
        throw new StateUnavailableException("The reply was lost.", mayHaveBeenWritten: true);
    };

    /// <summary>Lets something happen before the next commit, for instance another writer's commit.</summary>
    public void BeforeNextCommit(Func<Task> action) => OnCommit = async (_, commit) =>
    {
        OnCommit = null;
        await action();
        return await commit();
    };

    /// <summary>Takes the newest entries of every log of a type away, as a failover to a replica that had not heard of them does: their sequences are given again. Skips the test when the provider cannot export or import.</summary>
    /// <param name="type">The logs' type.</param>
    /// <param name="count">How many entries of each are lost.</param>
    public async Task LoseNewestEntriesAsync(string type, int count)
    {
        foreach (var needed in new[] { StateCapabilities.Export, StateCapabilities.Import })
            if (!Capabilities.HasFlag(needed)) Assert.Ignore($"The provider '{Name}' does not offer {needed}.");
        var logs = new Dictionary<StateKey, StateExpiry>();
        await foreach (var record in Inner.ExportAsync(default))
            if (record.Key.Shape is StateShape.Log && record.Key.Type == type) logs[record.Key] = record.Content.Expiry;
        foreach (var (key, expiry) in logs)
        {
            var log = (LogContent)(await Inner.ReadOneAsync(new LogRead(key), default))!;
            LogEntry[] left = [.. log.Entries.SkipLast(count)];
            await Inner.CommitAsync(new(new DeleteKey(key)), default);
            var record = new StateRecord(key, new LogContent(left, left[^1].Sequence, left.Length) { Expiry = expiry });
            await Inner.ImportAsync(new[] { record }.ToAsyncEnumerable(), StateImportMode.Merge, default);
        }
    }

    /// <summary>Leaves no sequence to every log of a type, as a backup from elsewhere may have it. Skips the test when the provider cannot export or import.</summary>
    /// <param name="type">The logs' type.</param>
    public async Task UseUpSequencesAsync(string type)
    {
        foreach (var needed in new[] { StateCapabilities.Export, StateCapabilities.Import })
            if (!Capabilities.HasFlag(needed)) Assert.Ignore($"The provider '{Name}' does not offer {needed}.");
        var logs = new List<StateRecord>();
        await foreach (var record in Inner.ExportAsync(default))
            if (record.Key.Type == type && record.Content is LogContent log) logs.Add(record with { Content = log with { LastSequence = StateLimits.MaximumNumber } });
        await Inner.ImportAsync(logs.ToAsyncEnumerable(), StateImportMode.Merge, default);
    }

    /// <summary>Takes one entry of every log of a type away, behind the back of those who look at the messages as a whole. Skips the test when the provider cannot export.</summary>
    /// <param name="type">The logs' type.</param>
    /// <param name="sequence">Which entry.</param>
    public async Task LoseEntryAsync(string type, long sequence)
    {
        if (!Capabilities.HasFlag(StateCapabilities.Export)) Assert.Ignore($"The provider '{Name}' does not offer {StateCapabilities.Export}.");
        var logs = new HashSet<StateKey>();
        await foreach (var record in Inner.ExportAsync(default))
            if (record.Key.Shape is StateShape.Log && record.Key.Type == type) logs.Add(record.Key);
        foreach (var key in logs) await Inner.CommitAsync(new(new RemoveEntries(key, [new(sequence, sequence)])), default);
    }

    /// <summary>Gives others their turn between each read and what builds on it, also in a store that answers at once; for races.</summary>
    public void YieldAfterReads() => OnRead = async (_, read) =>
    {
        var answers = await read();
        await Task.Yield();
        return answers;
    };

    /// <summary>Opens the store once, also when several hosts share this provider and each opens it.</summary>
    public override async ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _info ??= await Inner.OpenAsync(options, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public override ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _commits);
        return OnCommit is { } hook ? hook(commit, () => Inner.CommitAsync(commit, cancellationToken)) : Inner.CommitAsync(commit, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return OnRead is { } hook ? hook(reads, () => Inner.ReadAsync(reads, cancellationToken)) : Inner.ReadAsync(reads, cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken)
    {
        if (OnRead is not null) return (await ReadAsync([read], cancellationToken))[0];
        Interlocked.Increment(ref _reads);
        return await Inner.ReadOneAsync(read, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _opening.Dispose();
        return base.DisposeAsync();
    }
}
