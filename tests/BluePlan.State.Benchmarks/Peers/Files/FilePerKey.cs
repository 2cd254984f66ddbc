using System.Globalization;

namespace BluePlan.State.Benchmarks;

/// <summary>A file for each key: a new file written and flushed, renamed over the old one, the directory flushed.</summary>
internal sealed class FilePerKey(string directory) : IContestant
{
    private const int Directories = 64;

    public string Name => "file per key";

    public string Configuration => $"temporary file, fdatasync, rename, fsync of the directory; {Directories} directories";

    public bool Blocks => true;

    public ValueTask OpenAsync()
    {
        for (var i = 0; i < Directories; i++) Directory.CreateDirectory(Folder(i));
        return ValueTask.CompletedTask;
    }

    public ValueTask CallAsync(int caller, long number)
    {
        var folder = Folder(number % Directories);
        var temporary = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"temporary-{caller}"));
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, Texts.Value(number), 0);
            NativeFile.Sync(file);
        }
        File.Move(temporary, Path.Combine(folder, FileKeys.Of(number)), overwrite: true);
        NativeFile.SyncDirectory(folder);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Folder(long number) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"keys-{number}"));
}
