namespace BluePlan.State.Benchmarks;

/// <summary>A new directory, gone with its use. Set TMPDIR to a disk: a file system in memory flushes nothing.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("blueplan-bench-").FullName;

    public string Under(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
