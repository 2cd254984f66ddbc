using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>Another process that changes a store's directory by its paths, and later looks whether what it has put there is untouched.</summary>
internal sealed class Tamperer(string root, TamperTarget target, TamperWay way)
{
    private const string Foreign = "This belongs to somebody else.";

    private readonly string _store = Path.Combine(root, "store");
    private readonly string _aside = Path.Combine(root, "aside");
    private readonly string _elsewhere = Path.Combine(root, "elsewhere");
    private string _path = "";
    private string? _copied;

    /// <summary>Whether it has done what it was to do.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether what was there before is still there, under another name.</summary>
    public bool HasKept => way is not TamperWay.Removed;

    /// <summary>Does it, if there is anything to do it to.</summary>
    public void Act()
    {
        if (IsDone || Find() is not { } path) return;
        (_path, IsDone) = (path, true);
        switch (way)
        {
            case TamperWay.Removed:
                Remove();
                return;
            case TamperWay.Renamed:
                Move(_path, _aside);
                return;
            case TamperWay.Replaced:
                Move(_path, _aside);
                Put(_path);
                return;
            case TamperWay.Copied:
                Move(_path, _aside);
                Copy(_aside, _path);
                _copied = Fingerprint();
                return;
            default:
                Move(_path, _aside);
                Put(_elsewhere);
                File.CreateSymbolicLink(_path, _elsewhere);
                return;
        }
    }

    /// <summary>What is wrong with what it has put there; null when it is untouched.</summary>
    public string? FindChange()
    {
        if (!IsDone) return null;
        if (way is TamperWay.Copied) return Fingerprint() == _copied ? null : "the copy was changed";
        if (way is not (TamperWay.Replaced or TamperWay.Linked)) return null;
        var path = way is TamperWay.Linked ? _elsewhere : _path;
        if (way is TamperWay.Linked && new FileInfo(_path).LinkTarget is null) return "the link was removed";
        if (target is not TamperTarget.Directory) return File.Exists(path) && File.ReadAllText(path) == Foreign ? null : "the other file was removed or changed";
        return Directory.Exists(path) && Directory.GetFileSystemEntries(path) is [var only] && File.ReadAllText(only) == Foreign ? null : "the other directory was changed";
    }

    /// <summary>Puts back what it has taken away.</summary>
    public void Undo()
    {
        if (!IsDone) return;
        if (target is TamperTarget.Directory && Directory.Exists(_path) && new DirectoryInfo(_path).LinkTarget is null) Directory.Delete(_path, recursive: true);
        else File.Delete(_path);
        Move(_aside, _path);
    }

    private string? Find() => target switch
    {
        TamperTarget.Directory => Directory.Exists(_store) ? _store : null,
        TamperTarget.Lock => Existing(StoreNames.Lock),
        TamperTarget.Marker => Existing(StoreNames.Marker),
        TamperTarget.Snapshot => Files("snapshot-*.bps").LastOrDefault(),
        // One that was prepared holds nothing but zeros.
        TamperTarget.Segment => Files("journal-*.bpj").LastOrDefault(static f => File.ReadAllBytes(f).AsSpan().ContainsAnyExcept((byte)0)),
        _ => Files("journal-*.bpj").FirstOrDefault(),
    };

    private string? Existing(string name) => File.Exists(Path.Combine(_store, name)) ? Path.Combine(_store, name) : null;

    private string[] Files(string pattern) => Directory.Exists(_store) ? [.. Directory.GetFiles(_store, pattern).Order(StringComparer.Ordinal)] : [];

    private void Remove()
    {
        if (target is TamperTarget.Directory) Directory.Delete(_path, recursive: true);
        else File.Delete(_path);
    }

    private void Put(string path)
    {
        if (target is TamperTarget.Directory) path = Path.Combine(Directory.CreateDirectory(path).FullName, "foreign");
        File.WriteAllText(path, Foreign);
    }

    private string Fingerprint()
    {
        var files = target is TamperTarget.Directory ? Directory.GetFiles(_path).Order(StringComparer.Ordinal) : (IEnumerable<string>)[_path];
        return string.Join(';', files.Where(File.Exists).Select(static f => $"{Path.GetFileName(f)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));
    }

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to);
    }

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            CopyFile(from, to);
            return;
        }
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(from)) CopyFile(file, Path.Combine(to, Path.GetFileName(file)));
    }

    // The lock is empty, and the runtime does not read what is locked.
    private static void CopyFile(string from, string to)
    {
        if (new FileInfo(from).Length == 0) File.WriteAllText(to, "");
        else File.Copy(from, to);
    }
}
