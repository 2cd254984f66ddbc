namespace BluePlan.State.Storage;

/// <summary>An open file of a store. Reads may come from many threads, all else from one at a time.</summary>
internal interface IStoreFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads at a place; fewer bytes than asked for only at the end of the file.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes at a place, all of it or with an exception, after which some of it may be written.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Makes everything that was written to the file safe, its length too. When it throws, nothing is known about what is on disk, and it must not be tried again.</summary>
    void Flush();

    /// <summary>Cuts the file.</summary>
    void Truncate(long length);

    /// <summary>Makes the file this long, if it is shorter, and gives it its place on disk, so that writing into it cannot run out of space and a flush need not record a new length. What is new reads as zeros.</summary>
    void Preallocate(long length);
}
