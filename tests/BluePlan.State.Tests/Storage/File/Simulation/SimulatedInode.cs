namespace BluePlan.State.Tests;

/// <summary>A file as its readers see it, as it is on disk, and what lies between: writes, which reach the disk sector by sector in any order, and changes of length, which reach it one after the other.</summary>
internal sealed class SimulatedInode
{
    public const int SectorBytes = 512;

    private readonly List<Change> _unflushed = [];
    private byte[] _content = [];
    private byte[] _durable = [];
    private int _durableLength;
    private bool _forgotten;

    public SimulatedInode() { }

    private SimulatedInode(byte[] content, int length) => (_content, _durable, Length, _durableLength) = ([.. content], content, length, length);

    public int Length { get; private set; }

    public bool IsFlushed => _unflushed.Count == 0 && !_forgotten;

    /// <summary>What readers see. Changing it is changing the disk: rot.</summary>
    public byte[] Bytes => _content[..Length];

    public static SimulatedInode Of(ReadOnlySpan<byte> bytes) => new(bytes.ToArray(), bytes.Length);

    public int Read(Span<byte> buffer, long offset)
    {
        var count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        if (count > 0) _content.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (offset + bytes.Length > Length) SetLength((int)offset + bytes.Length);
        bytes.CopyTo(_content.AsSpan((int)offset));
        _unflushed.Add(new((int)offset, bytes.ToArray()));
    }

    public void SetLength(int length)
    {
        Resize(ref _content, Length, length);
        Length = length;
        _unflushed.Add(new(length, null));
    }

    public void Flush()
    {
        (_durable, _durableLength) = ([.. _content], Length);
        _unflushed.Clear();
    }

    /// <summary>A flush that fails leaves on disk what it likes, and the system takes everything for written.</summary>
    public void FailFlush(CrashChoice choice)
    {
        (_durable, _durableLength) = Surviving(choice);
        _unflushed.Clear();
        _forgotten = true;
    }

    /// <summary>Lets readers see what is on disk, where the system has lost its writes.</summary>
    public void ForgetCached()
    {
        if (!_forgotten) return;
        (_content, Length, _forgotten) = ([.. _durable], _durableLength, false);
    }

    public SimulatedInode AfterCrash(CrashChoice choice)
    {
        var (bytes, length) = Surviving(choice);
        return new(bytes, length);
    }

    private (byte[] Bytes, int Length) Surviving(CrashChoice choice)
    {
        var (bytes, length) = ((byte[])[.. _durable], _durableLength);
        var lengths = choice.PrefixOf(_unflushed.Count(static c => c.Bytes is null));
        foreach (var change in _unflushed)
        {
            if (change.Bytes is null)
            {
                if (lengths-- <= 0) continue;
                Resize(ref bytes, length, change.Place);
                length = change.Place;
                continue;
            }
            for (var at = change.Place; at < change.Place + change.Bytes.Length;)
            {
                var end = Math.Min((at / SectorBytes + 1) * SectorBytes, change.Place + change.Bytes.Length);
                // What lies behind the end of the file is lost with the length that was not recorded.
                if (choice.Keeps() && at < length) change.Bytes.AsSpan(at - change.Place, Math.Min(end, length) - at).CopyTo(bytes.AsSpan(at));
                at = end;
            }
        }
        return (bytes, length);
    }

    private static void Resize(ref byte[] bytes, int from, int to)
    {
        if (to > bytes.Length) Array.Resize(ref bytes, Math.Max(to, Math.Min(2 * bytes.Length, to + (1 << 20))));
        if (to > from) bytes.AsSpan(from, to - from).Clear();
    }

    /// <param name="Place">Where a write begins, or the new length.</param>
    /// <param name="Bytes">What is written; null = only the length changes.</param>
    private readonly record struct Change(int Place, byte[]? Bytes);
}
