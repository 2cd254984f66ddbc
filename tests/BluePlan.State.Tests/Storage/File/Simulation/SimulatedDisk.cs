using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>
/// A disk under a file system that promises no more than it must: what was not flushed may be lost in a crash, each sector of a write and each change of a name by itself. Names follow
/// <see cref="IStoreFolder.Flush"/>, contents <see cref="IStoreFile.Flush"/>, and neither follows the other.
/// </summary>
internal sealed class SimulatedDisk(Random random) : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _locked = [];
    private readonly List<NameChange> _unflushed = [];
    private readonly Dictionary<string, SimulatedInode> _names = [];
    private readonly Dictionary<string, SimulatedInode> _durableNames = [];

    private int _openFiles;

    public Random Random => random;

    /// <summary>How many files somebody has open.</summary>
    public int OpenFiles => Volatile.Read(ref _openFiles);

    /// <summary>Asked before each call; answers how it is to fail, null = not at all.</summary>
    public Func<DiskCall, string, DiskFault?>? Probe { get; set; }

    /// <summary>How many bytes all files may have together; the system gives no space for more.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    public IEnumerable<string> Paths => Locked(() => _names.Keys.Order(StringComparer.Ordinal).ToList());

    public long Bytes => Locked(() => _names.Values.Sum(static i => (long)i.Length));

    /// <summary>Whether a call changes what a crash could leave.</summary>
    public static bool Changes(DiskCall call) => call is not (DiskCall.CreateDirectory or DiskCall.List or DiskCall.Open or DiskCall.OpenRead or DiskCall.Read or DiskCall.Lock or DiskCall.Prove);

    public void CountOpen(int by) => Interlocked.Add(ref _openFiles, by);

    public SimulatedInode Inode(string path) => Locked(() => _names[path]);

    /// <summary>Puts a file on the disk, flushed.</summary>
    public void Put(string path, ReadOnlySpan<byte> bytes)
    {
        var inode = SimulatedInode.Of(bytes);
        Locked(() => (_names[path], _durableNames[path]) = (inode, inode));
    }

    public void Remove(string path) => Locked(() => _names.Remove(path) | _durableNames.Remove(path));

    /// <summary>A disk with what this one holds after a crash at this moment.</summary>
    public SimulatedDisk AfterCrash(CrashChoice choice, Random next) => Locked(() =>
    {
        var names = new Dictionary<string, SimulatedInode>(_durableNames);
        foreach (var change in _unflushed)
            if (choice.Keeps()) change.Apply(names);
        return With(names.ToDictionary(static n => n.Key, n => n.Value.AfterCrash(choice)), next);
    });

    /// <summary>A disk with the same files, as after the end of the process alone.</summary>
    public SimulatedDisk Copy(Random next) => Locked(() => With(_names.ToDictionary(static n => n.Key, static n => SimulatedInode.Of(n.Value.Bytes)), next));

    public void CreateDirectory(string path) => Call(DiskCall.CreateDirectory, path, static () => { });

    public IReadOnlyList<string> List(string directory) => Call(DiskCall.List, directory, () => (IReadOnlyList<string>)[.. _names.Keys.Where(p => Path.GetDirectoryName(p) == directory).Select(static p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]);

    public IStoreFolder? OpenDirectory(string path, bool create, bool isPrivate)
    {
        if (create) CreateDirectory(path);
        return new SimulatedFolder(this, path);
    }

    public IStoreFile Create(string path) => Call(DiskCall.Create, path, () =>
    {
        if (_names.ContainsKey(path)) throw new IOException($"'{path}' exists already.");
        var made = new SimulatedInode();
        Change(new(null, path, made));
        return new SimulatedFile(this, path, made);
    });

    public IStoreFile Open(string path) => Call(DiskCall.Open, path, () => new SimulatedFile(this, path, Find(path)));

    public IStoreFile OpenRead(string path) => Call(DiskCall.OpenRead, path, () =>
    {
        var inode = Find(path);
        inode.ForgetCached();
        return new SimulatedFile(this, path, inode);
    });

    public void Rename(string from, string to, bool replace) => Call(DiskCall.Rename, to, () =>
    {
        if (!replace && _names.ContainsKey(to)) throw new IOException($"'{to}' exists already.");
        Change(new(from, to, Find(from)));
    });

    /// <summary>Whether a path leads to an open file, or to the lock that it stands for.</summary>
    public bool Holds(string path, SimulatedFile file) => Call(DiskCall.Prove, path, () => file.Inode is null || (_names.TryGetValue(path, out var inode) && inode == file.Inode));

    public void Delete(string path) => Call(DiskCall.Delete, path, () =>
    {
        if (_names.ContainsKey(path)) Change(new(path, null, null));
    });

    public void FlushDirectory(string path) => Call(DiskCall.FlushDirectory, path, () =>
    {
        foreach (var change in _unflushed.Where(c => c.Directory == path)) change.Apply(_durableNames);
        _unflushed.RemoveAll(c => c.Directory == path);
    });

    public IStoreFile? TryLock(string path) => Call(DiskCall.Lock, path, () => _locked.Add(path) ? new SimulatedFile(this, path, null) : null);

    public void Unlock(string path) => Locked(() => _locked.Remove(path));

    public long FreeBytes(string directory) => Capacity - Bytes;

    public string? NetworkKind(string directory) => null;

    public void Call(DiskCall call, string path, Action work, Action? half = null) => Call(call, path, () =>
    {
        work();
        return true;
    }, half);

    public T Call<T>(DiskCall call, string path, Func<T> work, Action? half = null)
    {
        lock (_gate)
        {
            if (Probe?.Invoke(call, path) is not { } fault) return work();
            if (fault.Half || call is DiskCall.Flush) half?.Invoke();
            throw fault.Error;
        }
    }

    public T Locked<T>(Func<T> work)
    {
        lock (_gate) return work();
    }

    private static SimulatedDisk With(Dictionary<string, SimulatedInode> names, Random random)
    {
        var disk = new SimulatedDisk(random);
        foreach (var (path, inode) in names) (disk._names[path], disk._durableNames[path]) = (inode, inode);
        return disk;
    }

    private SimulatedInode Find(string path) => _names.TryGetValue(path, out var inode) ? inode : throw new FileNotFoundException($"'{path}' is not there.", path);

    private void Change(NameChange change)
    {
        change.Apply(_names);
        _unflushed.Add(change);
    }

    private sealed record NameChange(string? From, string? To, SimulatedInode? Inode)
    {
        public string? Directory => Path.GetDirectoryName(To ?? From);

        public void Apply(Dictionary<string, SimulatedInode> names)
        {
            if (From is not null) names.Remove(From);
            if (To is not null) names[To] = Inode!;
        }
    }
}
