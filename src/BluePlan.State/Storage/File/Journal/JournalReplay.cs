using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>Reads the journal that follows a snapshot, checks that it is undamaged, and finds where it goes on. The rules are at <see cref="JournalFormat"/>.</summary>
/// <param name="files">The store's files.</param>
/// <param name="store">What the segments must say of themselves.</param>
/// <param name="positions">For each partition, the sequence of the last commit that needs not be applied any more.</param>
/// <param name="read">Reads a file of the store.</param>
/// <param name="take">Gets what each segment has for each partition to apply, segment by segment.</param>
/// <param name="logger">Gets what a crash has left.</param>
internal sealed class JournalReplay(StoreFiles files, StoreIdentity store, long[] positions, Func<string, byte[]> read, Action<IReadOnlyList<JournalFrames>> take, ILogger logger)
{
    private readonly List<int>[] _frames = [.. positions.Select(static _ => new List<int>())];
    private Exception? _stopped;
    private long _next;

    /// <summary>The last sequence that was found, or given before.</summary>
    public long LastSequence => _next - 1;

    /// <summary>How many bytes of frames there are.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many bytes stand behind the last good frame.</summary>
    public long UnfinishedBytes { get; private set; }

    /// <summary>What was thrown, if anything was.</summary>
    public FileStoreDamage? Damage { get; private set; }

    /// <summary>Reads all segments from one on, and changes nothing on disk. Answers the segment where the journal ends, and behind which byte of it; 0 = that segment was not begun.</summary>
    /// <param name="firstNumber">The segment to begin with.</param>
    /// <param name="firstSequence">The sequence that it begins with.</param>
    /// <exception cref="StateCorruptionException">Something that was safely on disk is not there any more.</exception>
    public (long Number, int End) Read(long firstNumber, long firstSequence)
    {
        _next = firstSequence;
        var numbers = files.Segments().FindAll(n => n >= firstNumber);
        for (var i = 0; i < Math.Max(1, numbers.Count); i++)
            if (i >= numbers.Count || numbers[i] != firstNumber + i)
                throw Missing(firstNumber + i);

        var (last, end) = ReadSegments(numbers);
        if (positions.Max() > LastSequence)
            throw Corrupt(numbers[last], end, $"the journal ends with commit {LastSequence}, and the snapshot before it holds commit {positions.Max()}");
        return (numbers[last], end);
    }

    /// <summary>Opens the segment where the journal goes on, cut behind its last good frame and flushed.</summary>
    /// <param name="directory">The store's directory, which is this process's own.</param>
    /// <param name="number">What <see cref="Read(long, long)"/> answered.</param>
    /// <param name="end">What it answered too.</param>
    public JournalSegment Open(StoreDirectory directory, long number, int end)
    {
        foreach (var later in directory.Segments().Where(n => n > number).OrderDescending()) directory.Delete(StoreNames.Segment(later));
        return directory.OpenSegment(store, number, end);
    }

    private (int Last, int End) ReadSegments(List<long> numbers)
    {
        var end = 0;
        for (var i = 0; i < numbers.Count; i++)
        {
            var bytes = Read(numbers[i]);
            if (JournalFormat.ReadHeader(bytes, PathOf(numbers[i])) is not { } header)
            {
                if (JournalFormat.IsForeign(bytes)) throw Corrupt(numbers[i], 0, "it does not begin as a segment of a journal does, so something else was put in its place");
                CheckTail(numbers, i, 0, bytes);
                return (i, 0);
            }
            Check(header, numbers[i]);
            end = ReadFrames(bytes, numbers[i]);
            Take(bytes, numbers[i]);
            if (_stopped is not null) throw _stopped;
            if (!bytes.AsSpan(end).ContainsAnyExcept((byte)0)) continue;
            // A segment is flushed before the next one begins, so nothing but the last one is ever torn.
            if (i + 1 < numbers.Count && JournalFormat.ReadHeader(Read(numbers[i + 1]), PathOf(numbers[i + 1])) is not null)
                throw Corrupt(numbers[i], end, $"commit {_next} is damaged, or something else stands behind the last commit");
            CheckTail(numbers, i, end, bytes);
            return (i, end);
        }
        return (numbers.Count - 1, end);
    }

    private string PathOf(long number) => files.PathOf(StoreNames.Segment(number));

    private byte[] Read(long number) => read(StoreNames.Segment(number));

    private void Check(JournalHeader header, long number)
    {
        if (header.Store != store) throw Corrupt(number, 0, "it belongs to another store, or to one that an import has replaced");
        if (header.Number != number) throw Corrupt(number, 0, $"it is segment {header.Number} under another name");
        if (header.BaseSequence != _next) throw Corrupt(number, 0, $"it begins with commit {header.BaseSequence}, and commit {_next} is missing");
    }

    /// <summary>Finds the good frames; answers where they end.</summary>
    private int ReadFrames(byte[] bytes, long number)
    {
        foreach (var frames in _frames) frames.Clear();
        var offset = JournalFormat.HeaderBytes;
        while (JournalFormat.TryReadFrame(bytes.AsSpan(offset), store, out var frame))
        {
            if (Fault(frame) is { } fault)
            {
                _stopped = Corrupt(number, offset, fault);
                break;
            }
            if (frame.Kind is JournalFormat.CommitKind && frame.Sequence > positions[frame.Partition]) _frames[frame.Partition].Add(offset);
            _next++;
            offset += frame.Bytes;
            Bytes += frame.Bytes;
        }
        return offset;
    }

    private string? Fault(in JournalFrame frame)
    {
        if (frame.Sequence != _next) return $"commit {frame.Sequence} stands where commit {_next} belongs";
        if (frame.Kind is JournalFormat.ClosedKind) return null;
        if (frame.Kind is not JournalFormat.CommitKind) return $"a frame is of kind {frame.Kind}, which is not known here";
        return (uint)frame.Partition < (uint)positions.Length ? null : "a commit names a partition that the store does not have";
    }

    private void Take(byte[] bytes, long number)
    {
        var all = new List<JournalFrames>();
        for (var partition = 0; partition < _frames.Length; partition++)
            if (_frames[partition].Count > 0) all.Add(new(partition, bytes, [.. _frames[partition]], (offset, exception) => Corrupt(number, offset, exception.Message, exception)));
        take(all);
    }

    /// <summary>Makes sure that nothing which was acknowledged lies behind a place where the frames end, and reports what else does.</summary>
    private void CheckTail(List<long> numbers, int from, int offset, byte[] bytes)
    {
        for (var i = from; i < numbers.Count; i++, offset = 0)
        {
            if (i > from) bytes = Read(numbers[i]);
            var rest = bytes.AsSpan(offset);
            if (!rest.ContainsAnyExcept((byte)0)) continue;
            RefuseAcknowledged(rest, numbers[i], offset, numbers[from]);
            UnfinishedBytes += rest.TrimEnd((byte)0).Length;
            FileLog.TornTail(logger, PathOf(numbers[i]), offset, rest.TrimEnd((byte)0).Length);
        }
    }

    private void RefuseAcknowledged(ReadOnlySpan<byte> rest, long number, int offset, long tornNumber)
    {
        for (var at = 0; at < rest.Length; at += JournalFormat.Alignment)
            if (JournalFormat.TryReadFrame(rest[at..], store, out var frame) && frame.Flushed >= _next)
                throw Corrupt(tornNumber, tornNumber == number ? offset : 0, $"commit {_next} is damaged or missing, and commit {frame.Sequence} behind it, at byte {offset + at} of '{PathOf(number)}', says that it was safe");
    }

    private StateCorruptionException Corrupt(long number, long offset, string what, Exception? inner = null)
    {
        Damage = new(StoreNames.Segment(number), offset, what);
        return new($"The journal segment '{PathOf(number)}' is damaged, at byte {offset}: {what}.", null, inner);
    }

    private StateCorruptionException Missing(long number)
    {
        Damage = new(StoreNames.Segment(number), 0, "this segment of the journal is missing");
        return new($"The journal segment '{PathOf(number)}' is missing.");
    }
}
