using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Benchmarks;

/// <summary>The least that is durable: each value and its key appended to one file, then <c>fdatasync</c>; callers take turns.</summary>
internal sealed class RawAppend(string directory) : IContestant
{
    private readonly Lock _gate = new();
    private SafeFileHandle _file = null!;
    private long _end;

    public string Name => "raw append + fdatasync";

    public string Configuration => "RandomAccess.Write at the end of one file, then fdatasync";

    public bool Blocks => true;

    public ValueTask OpenAsync()
    {
        _file = File.OpenHandle(Path.Combine(directory, "raw"), FileMode.CreateNew, FileAccess.Write);
        return ValueTask.CompletedTask;
    }

    public ValueTask CallAsync(int caller, long number)
    {
        byte[] record = [.. System.Text.Encoding.ASCII.GetBytes(FileKeys.Of(number)), .. Texts.Value(number)];
        lock (_gate)
        {
            RandomAccess.Write(_file, record, _end);
            _end += record.Length;
            NativeFile.Sync(_file);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
