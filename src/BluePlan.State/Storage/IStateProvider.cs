namespace BluePlan.State.Storage;

/// <summary>
/// Where state lives. To put BluePlan.State on another store, implement <see cref="OpenAsync"/>, <see cref="CommitAsync"/> and
/// <see cref="ReadAsync"/>, offer what else the store can do, declare it in <see cref="Capabilities"/>,
/// and inherit the fixtures of the package BluePlan.State.Conformance, which hold a provider to every sentence below.
/// </summary>
/// <remarks>
/// <para><b>Concurrency.</b> All members but <see cref="OpenAsync"/> and disposal may be called at once from many threads. Commits of one partition are serializable, and
/// a call that begins after a commit has returned sees it.</para>
/// <para><b>Time.</b> The provider resolves expiry by its own clock at the moment of the commit. From its instant on a key is absent for every operation, read,
/// condition and export, whether or not it was swept already: an append to an expired log begins again at 1. When that clock is set back, what had expired and was not
/// swept yet may be there again.</para>
/// <para><b>Memory.</b> What comes in belongs to the caller again when the task has ended, also by cancellation: copy what you keep. What goes out is
/// never changed afterwards.</para>
/// <para><b>Outcomes.</b> An absent key is null; an unmet condition is a result. Else: <see cref="StateUnavailableException"/> when the store cannot be reached or refuses,
/// <see cref="StateCorruptionException"/> when what it holds is not what was written, <see cref="OperationCanceledException"/> when the token fired,
/// <see cref="ObjectDisposedException"/> after disposal, <see cref="InvalidOperationException"/> before <see cref="OpenAsync"/>. A commit that was cancelled or
/// was unavailable with <see cref="StateUnavailableException.MayHaveBeenWritten"/> has happened whole, or not, or will have within moments. A token that has fired before the call
/// begins means that nothing happens.</para>
/// </remarks>
public interface IStateProvider : IAsyncDisposable
{
    /// <summary>A short name for messages, for instance <c>file</c>.</summary>
    string Name { get; }

    /// <summary>What it offers beyond commits and reads. Never changes.</summary>
    StateCapabilities Capabilities { get; }

    /// <summary>Opens the store. Called once, before all other members; after a failure it can be called again.</summary>
    /// <param name="options">What opening may do, and the number of partitions, which is fixed when a store is created.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <returns>Which store it is, how many partitions it has, and whether this call created it.</returns>
    /// <exception cref="StateOpenException">The store does not exist, does not match the options, or is open elsewhere.</exception>
    /// <exception cref="StateUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="StateCorruptionException">The store is damaged, or what is there is not a store.</exception>
    /// <exception cref="NotSupportedException">The provider does not know the mode. Nothing was opened.</exception>
    /// <exception cref="InvalidOperationException">The provider is open already.</exception>
    ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken);

    /// <summary>Applies a commit whole or not at all. See <see cref="StateCommit"/> for what is checked first and in which order.</summary>
    /// <exception cref="OverflowException">A counter, score or sequence would pass ±(2^53 − 1). Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">A field that is to be incremented holds bytes. Nothing was written.</exception>
    /// <exception cref="ArgumentException">A key's partition is not in the store. Nothing was written.</exception>
    ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken);

    /// <summary>Answers several questions, about any partitions, in one round trip; the answers in order, null for what is absent or expired.</summary>
    /// <remarks>
    /// The same key may be asked about twice. No question, no answer: an empty list. A provider may take further round
    /// trips for documents that are several megabytes together.
    /// </remarks>
    /// <exception cref="ArgumentException">A key's partition is not in the store.</exception>
    ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken);

    /// <summary>Answers one question: the same as a list of one, which is what it does unless the provider knows a shorter way.</summary>
    async ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken) =>
        (await ReadAsync([read], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Returns the store's time now, by which it resolves and judges expiry.</summary>
    /// <remarks>
    /// It is asked for often, so it sends nothing as a rule: a provider on a server measures how far its clock is from
    /// this process's and answers from that, to some milliseconds.
    /// The default is the system's time.
    /// </remarks>
    ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(TimeProvider.System.GetUtcNow());

    /// <summary>
    /// Completes when what reads of a key's partition have shown so far is as safe as a commit that was acknowledged. A caller that finds nothing to do, perhaps since an earlier attempt whose outcome it
    /// does not know has done it, confirms before it says so.
    /// </summary>
    /// <remarks>A provider whose reads show only what is acknowledged has nothing to wait for, and completes at once.</remarks>
    /// <param name="key">A key of the partition.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateUnavailableException">It cannot be confirmed: what was read may be lost.</exception>
    /// <exception cref="ArgumentException">The key's partition is not in the store.</exception>
    ValueTask ConfirmAsync(StateKey key, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// Shows everything that has not expired, with expiry, ETags, sequences and ids, while others go on writing. Keys come in any order, each once; what is written during
    /// the export may be in it or not; each record has the store's <see cref="StateRecord.PartitionCount"/>; each key
    /// is shown as of one instant, with <see cref="StateCapabilities.ConsistentExport"/> each partition.
    /// </summary>
    IAsyncEnumerable<StateRecord> ExportAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException($"The provider '{Name}' does not offer {StateCapabilities.Export}.");

    /// <summary>
    /// Writes what an export showed, ETags, sequences, ids and expiry as they are; records that have expired by now are left out. A log's sequence is moved
    /// forward by an import of either mode, never back, as long as the log lived before it, and the log gets a new <see cref="LogContent.Revision"/>. It need not signal those who watch: commit a <see cref="NotifyWatchers"/> behind it.
    /// </summary>
    /// <remarks>Each key is replaced in one step; with <see cref="StateImportMode.Replace"/> and <see cref="StateCapabilities.AtomicReplace"/> the whole store is.</remarks>
    /// <exception cref="ArgumentException">
    /// A record does not fit this store: it comes from a store with another number of partitions or its partition is
    /// beyond the count (<see cref="StateRecord.CheckPartitionCount"/>), or its content is not of its
    /// key's shape. A stream of another store is refused before anything was written.
    /// </exception>
    ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"The provider '{Name}' does not offer {StateCapabilities.Import}.");

    /// <summary>
    /// Signals that the key may have changed: once when the watch is established, so that a caller who reads then has missed nothing; after each commit with
    /// <see cref="NotifyWatchers"/> for it, from any process; and after every interruption that may have lost a signal. Signals may be joined, never lost. Ends only by cancellation, with
    /// <see cref="OperationCanceledException"/>, or disposal.
    /// </summary>
    /// <exception cref="ArgumentException">The key's partition is not in the store.</exception>
    IAsyncEnumerable<StateKey> WatchAsync(StateKey key, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"The provider '{Name}' does not offer {StateCapabilities.Watch}.");

    /// <summary>Does what the store needs from time to time, such as sweeping expired keys or a checkpoint. Hosted maintenance calls it; harmless at any time.</summary>
    ValueTask MaintainAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
