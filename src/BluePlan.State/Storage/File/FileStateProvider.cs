using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State.Storage;

/// <summary>
/// Keeps state in this process's memory and every commit in a journal on disk, so that it outlives the process and, as <see cref="FileStateOptions.Durability"/> says, a power cut. One process has
/// a directory open at a time; all its state must fit in memory.
/// </summary>
/// <remarks>
/// <para>What a read shows is as safe as what was acknowledged: a read that meets a commit which is still on its way to disk waits for it.</para>
/// <para>A commit for which the disk has no space is refused with <see cref="StateUnavailableException"/> and leaves no trace. Once there is space the next one succeeds.</para>
/// <para>After a failure to write or flush, the commits concerned fail with <see cref="StateUnavailableException"/>, and the next call opens the store anew, as a restart of the process would: everything is read from the disk again, since
/// nothing else tells what is there. A failed flush is never repeated. Until the store is open again commits are refused, and what was acknowledged is still read, so the process needs memory for the state twice
/// meanwhile. A disk that fails again and again is tried at intervals of up to 30 seconds.</para>
/// <para>A touch is not a commit: nobody waits until the expiry that it moved is written. That happens within about a second once it has moved by a 64th of its window, or by a minute where that is less, and for all when
/// the store is closed. After a power cut or a killed process a document may so expire earlier by as much.</para>
/// <para>Opening reads and checks every byte, and takes about as long as that. Keys and values are made of it afterwards, in the background, and at once where somebody asks for them; the process needs memory for both
/// until then.</para>
/// <para>A damaged store is refused, with an error that names the file and the place. <see cref="VerifyAsync"/> lists all damage, <see cref="RepairAsync"/> drops what is damaged and says what that was.</para>
/// <para>Safe for any number of threads.</para>
/// </remarks>
public sealed class FileStateProvider : IStateProvider
{
    private readonly IFileSystem _files;
    private readonly FileStateOptions _options;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _opening = new(1);
    private readonly CancellationTokenSource _disposing = new();
    private StoreReopening? _reopening;
    private FileStore? _store;
    private StoreView? _view;
    private volatile bool _disposed;

    /// <summary>A store in a directory, which <see cref="OpenAsync"/> opens or makes.</summary>
    /// <param name="options">Where, and how safe. Later changes of it have no effect.</param>
    /// <param name="time">The clock that expiry goes by; null = the system's.</param>
    /// <param name="logger">Gets what happens to the store; null = nobody.</param>
    /// <exception cref="ArgumentException">A setting is out of range; the message lists every one that is.</exception>
    public FileStateProvider(FileStateOptions options, TimeProvider? time = null, ILogger<FileStateProvider>? logger = null) : this(options, time, logger, LocalFileSystem.Instance) { }

    internal FileStateProvider(FileStateOptions options, TimeProvider? time, ILogger? logger, IFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        options.Validate(nameof(FileStateOptions), faults);
        if (faults.Count > 0) throw new ArgumentException(string.Join(' ', faults), nameof(options));
        _options = options.Copy();
        _path = Path.GetFullPath(options.Directory);
        (_time, _logger, _files) = (time ?? TimeProvider.System, logger ?? NullLogger.Instance, files);
    }

    /// <inheritdoc/>
    public string Name => "file";

    /// <inheritdoc/>
    public StateCapabilities Capabilities =>
        StateCapabilities.Export | StateCapabilities.Import | StateCapabilities.AtomicReplace | StateCapabilities.ConsistentExport | StateCapabilities.Watch | StateCapabilities.Durable | StateCapabilities.FieldConditions
        | StateCapabilities.LogRevisions | StateCapabilities.PageReads | StateCapabilities.ReadOnlyOpen;

    internal FileStateOptions Options => _options;

    internal FileStore Store => !_disposed && Volatile.Read(ref _store) is { } store ? store : throw NotOpen();

    /// <summary>What is looked at; null if the store is open for writing, too.</summary>
    private StoreView? View => _view is { } view ? !_disposed ? view : throw NotOpen() : null;

    internal StoreReopening Reopening => _reopening ?? throw NotOpen();

    /// <remarks>
    /// With <see cref="StateOpenMode.ReadOnly"/> the store may be open in another process, which is not disturbed. What
    /// is read is the store as it was when it was opened: every commit that was acknowledged before, and perhaps one
    /// whose flush was still under way. It does not follow later commits.
    /// </remarks>
    /// <inheritdoc/>
    public async ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (options.Mode is not (StateOpenMode.Create or StateOpenMode.ExistingOnly or StateOpenMode.ReadOnly)) throw options.NotSupportedBy(this);
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_store is not null || _view is not null) throw new InvalidOperationException("The store is open already.");
            cancellationToken.ThrowIfCancellationRequested();
            if (options.Mode is StateOpenMode.ReadOnly)
            {
                _view = await OwnThread.RunAsync(() => StoreView.Open(_files, _path, options, _options.RequirePrivateDirectory, _time, _logger)).ConfigureAwait(false);
                return _view.Info;
            }
            _reopening = new(failed => FileStore.Open(_files, _path, _options, options, _time, _logger, failed), store => Volatile.Write(ref _store, store), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
            var store = await new OwnerWait(_options.OwnerTimeout, _time, _logger).OpenAsync(() => FileStore.Open(_files, _path, _options, options, _time, _logger), either.Token).ConfigureAwait(false);
            Volatile.Write(ref _store, store);
            return store.Info;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("The provider was disposed while its store was opened.", exception);
        }
        catch (OperationCanceledException exception)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (StateCorruptionException exception)
        {
            throw StoreErrors.Advised($"{exception.Message} Nothing was changed.", exception);
        }
        catch (NotPrivateException exception)
        {
            throw StoreErrors.NotPrivate(exception);
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception))
        {
            throw StoreErrors.Unavailable("cannot be opened", _path, exception, mayHaveBeenWritten: false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        ForeignTypes.Refuse(this, commit);
        if (View is not null) return ValueTask.FromException<CommitResult>(ReadOnly());
        var store = Store;
        return store.HasFailed ? CommitAnewAsync(commit, cancellationToken) : store.Engine.CommitAsync(commit, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        ForeignTypes.Refuse(this, reads);
        if (View is { } view) return view.Engine.ReadAsync(reads, cancellationToken);
        var store = Store;
        return store.HasFailed ? ReadAllAnewAsync(reads, cancellationToken) : store.Engine.ReadAsync(reads, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken)
    {
        ForeignTypes.Refuse(this, read);
        if (View is { } view) return view.Engine.ReadOneAsync(read, cancellationToken);
        var store = Store;
        return store.HasFailed ? ReadOneAnewAsync(read, cancellationToken) : store.Engine.ReadOneAsync(read, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(_time.GetUtcNow());

    /// <inheritdoc/>
    public IAsyncEnumerable<StateRecord> ExportAsync(CancellationToken cancellationToken)
    {
        if (View is { } view) return view.Engine.ExportAsync(cancellationToken);
        var store = Store;
        return store.HasFailed ? ExportAnewAsync(cancellationToken) : store.Engine.ExportAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask ImportAsync(IAsyncEnumerable<StateRecord> records, StateImportMode mode, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        StoreShape.CheckImport(records, mode);
        if (View is not null) throw ReadOnly();
        var store = await WritableAsync(cancellationToken).ConfigureAwait(false);
        if (mode is StateImportMode.Merge)
        {
            await store.Engine.MergeAsync(records, cancellationToken).ConfigureAwait(false);
            return;
        }
        var replacement = await store.Engine.BuildReplacementAsync(records, cancellationToken).ConfigureAwait(false);
        await OnDiskAsync(() => store.ReplaceAsync(replacement, cancellationToken), "could not write an import, and is as it was").ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StateKey> WatchAsync(StateKey key, CancellationToken cancellationToken) => (View?.Engine ?? Store.Engine).Watch(key, cancellationToken);

    /// <inheritdoc/>
    public ValueTask MaintainAsync(CancellationToken cancellationToken)
    {
        if (View is null) _ = Store;
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : _view is not null ? ValueTask.CompletedTask : MaintainAnewAsync(cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="StateUnavailableException">The last commits could not be made safe, which can only be with a durability other than <see cref="FileDurability.Always"/>.</exception>
    public async ValueTask DisposeAsync()
    {
        // A call that opens the store, and may wait for its owner, ends first.
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed) return;
            _disposed = true;
            if (_reopening is not null) await _reopening.EndAsync().ConfigureAwait(false);
            _view?.Engine.Watchers.Close();
            if (_store is not null) await _store.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Reads a whole store that nobody has open, every byte of it, and lists everything that is damaged. Changes nothing.</summary>
    /// <param name="directory">The store's directory, as <see cref="FileStateOptions.Directory"/>. Its state must fit in memory.</param>
    /// <param name="cancellationToken">Gives up before it begins.</param>
    /// <exception cref="StateNotFoundException">The directory holds no store.</exception>
    /// <exception cref="StateOpenException">A process has the store open, or another version of this library wrote it.</exception>
    /// <exception cref="StateCorruptionException">Nothing tells any more which store it is.</exception>
    /// <exception cref="StateUnavailableException">A file cannot be read.</exception>
    public static Task<FileStoreReport> VerifyAsync(string directory, CancellationToken cancellationToken = default) =>
        CheckAsync(directory, "cannot be verified", static path => StoreRepair.Verify(LocalFileSystem.Instance, path, TimeProvider.System), cancellationToken);

    /// <summary>
    /// Makes a damaged store whole again by dropping what cannot be read and what builds on that, and says what it was. The journal is kept up to its first damage, so that it is as it was after one of its commits;
    /// of a snapshot every key is kept that lies in no damaged place. A store that is whole is left as it is.
    /// </summary>
    /// <remarks>
    /// <para>The former files are kept in a directory beside the new ones, <see cref="FileStoreReport.FormerFiles"/>; delete it when nothing in it is wanted any more. The disk must have room for one more snapshot. When it is
    /// interrupted, also by a power cut, the store is as it was or repaired.</para>
    /// <para>Prefer a backup when there is one. Logs may give sequences again that only dropped commits had.</para>
    /// </remarks>
    /// <inheritdoc cref="VerifyAsync"/>
    public static Task<FileStoreReport> RepairAsync(string directory, CancellationToken cancellationToken = default) =>
        CheckAsync(directory, "cannot be repaired", static path => StoreRepair.Repair(LocalFileSystem.Instance, path, TimeProvider.System), cancellationToken);

    private static async Task<FileStoreReport> CheckAsync(string directory, string failure, Func<string, FileStoreReport> check, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var path = Path.GetFullPath(directory);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await OwnThread.RunAsync(() => check(path)).ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception))
        {
            throw StoreErrors.Unavailable(failure, path, exception, mayHaveBeenWritten: false);
        }
    }

    /// <summary>The store, opened anew if it has failed and it is time for that.</summary>
    private async ValueTask<FileStore> WritableAsync(CancellationToken cancellationToken)
    {
        var store = Store;
        if (!store.HasFailed) return store;
        try
        {
            return await Reopening.FromAsync(store, cancellationToken).ConfigureAwait(false);
        }
        catch (StateCorruptionException exception)
        {
            throw StoreErrors.Advised($"After its journal failed, the store was to be opened anew. {exception.Message}", exception);
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception) || exception is StateOpenException)
        {
            throw StoreErrors.Unavailable("cannot be opened anew after its journal failed", _path, exception, mayHaveBeenWritten: false);
        }
    }

    private async ValueTask<CommitResult> CommitAnewAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        var store = await WritableAsync(cancellationToken).ConfigureAwait(false);
        return await store.Engine.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
    }

    // Methods of their own, since what they capture would be allocated by every read.
    private ValueTask<IReadOnlyList<StateContent?>> ReadAllAnewAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken) =>
        ReadAnewAsync(engine => engine.ReadAsync(reads, cancellationToken), cancellationToken);

    private ValueTask<StateContent?> ReadOneAnewAsync(StateRead read, CancellationToken cancellationToken) =>
        ReadAnewAsync(engine => engine.ReadOneAsync(read, cancellationToken), cancellationToken);

    /// <summary>Reads what was acknowledged before the failure, and only if that is not enough opens the store anew.</summary>
    private async ValueTask<T> ReadAnewAsync<T>(Func<StateEngine, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read(Store.Engine).ConfigureAwait(false);
        }
        catch (StateUnavailableException)
        {
            var store = await WritableAsync(cancellationToken).ConfigureAwait(false);
            return await read(store.Engine).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<StateRecord> ExportAnewAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = await WritableAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var record in store.Engine.ExportAsync(cancellationToken).ConfigureAwait(false)) yield return record;
    }

    private async ValueTask MaintainAnewAsync(CancellationToken cancellationToken)
    {
        var store = await WritableAsync(cancellationToken).ConfigureAwait(false);
        await OnDiskAsync(() => store.MaintainAsync(cancellationToken), "could not write a snapshot; nothing is lost").ConfigureAwait(false);
    }

    private async ValueTask OnDiskAsync(Func<ValueTask> work, string failure)
    {
        try
        {
            await OwnThread.RunAsync(() => work().AsTask()).ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception))
        {
            throw StoreErrors.Unavailable(failure, _path, exception, mayHaveBeenWritten: false);
        }
    }

    private StateUnavailableException ReadOnly() => new(
        $"The store in '{ShownPath.Of(_path)}' is open in the mode {StateOpenMode.ReadOnly}, so nothing was written. To write to it, open it with the mode {StateOpenMode.ExistingOnly}.", mayHaveBeenWritten: false);

    private Exception NotOpen() => _disposed ? new ObjectDisposedException(nameof(FileStateProvider)) : new InvalidOperationException("Open the store first: call OpenAsync.");
}
