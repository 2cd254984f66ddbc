using System.Buffers.Binary;

namespace BluePlan.State.Storage;

/// <summary>Reads what can be read of a snapshot into an engine, and notes what cannot.</summary>
/// <param name="engine">An empty engine.</param>
/// <param name="store">The store; its epoch is not looked at.</param>
/// <param name="name">The file's name.</param>
/// <param name="bytes">The file.</param>
/// <param name="damage">Gets what is damaged.</param>
internal sealed class SnapshotSalvage(StateEngine engine, StoreIdentity store, string name, byte[] bytes, List<FileStoreDamage> damage)
{
    private readonly List<StateRecord> _parts = [];
    private StoreIdentity _identity = store;
    private long _number;
    private bool _gap;

    /// <summary>What the header says; null when that is damaged.</summary>
    public SnapshotHeader? Header { get; private set; }

    /// <summary>For each partition, the last commit in the snapshot; null when that is damaged.</summary>
    public long[]? Positions { get; private set; }

    /// <summary>How many keys could be read in part only.</summary>
    public long Dropped { get; private set; }

    public void Run()
    {
        ReadHeader();
        if (Header is null) return;
        var offset = SnapshotFormat.HeaderBytes;
        while (offset < bytes.Length && Positions is null)
        {
            if (Block(offset, _number) is { } length)
            {
                Read(offset, length);
                offset += length;
                continue;
            }
            var next = Next(offset);
            Note(offset, $"{next - offset} bytes of the snapshot, with the keys in them, cannot be read");
            (_gap, offset) = (true, next);
        }
        Complete(atGap: _gap || Positions is null);
        if (Positions is null) Note(bytes.Length, "the snapshot ends too early");
        else if (offset != bytes.Length) Note(offset, "something stands behind the snapshot's end");
    }

    private void ReadHeader()
    {
        try
        {
            Header = SnapshotFormat.ReadHeader(bytes, name);
        }
        catch (StateCorruptionException)
        {
            Note(0, "the snapshot's header is damaged, so nothing of it can be read");
            return;
        }
        if (Header is { } header && (header.Store.Id != _identity.Id || header.Store.PartitionCount != _identity.PartitionCount))
        {
            Note(0, "the snapshot belongs to another store");
            Header = null;
            return;
        }
        _identity = Header!.Value.Store;
    }

    /// <summary>How long the undamaged block of this number at this place is; null when there is none.</summary>
    private int? Block(int offset, long number)
    {
        var rest = bytes.AsSpan(offset);
        var (body, _, _) = SnapshotFormat.ReadBlockHeader(rest);
        if (body < 0 || body > rest.Length - SnapshotFormat.BlockHeaderBytes) return null;
        return SnapshotFormat.IsUndamaged(rest[..(SnapshotFormat.BlockHeaderBytes + body)], _identity, number) ? SnapshotFormat.BlockHeaderBytes + body : null;
    }

    /// <summary>The next place where an undamaged block begins, whose number becomes the current one; the end when there is none.</summary>
    private int Next(int offset)
    {
        // A block that is not whole has a length that may be right, and else a magic number that comes again.
        for (var at = offset + 1; at <= bytes.Length - SnapshotFormat.BlockHeaderBytes; at++)
        {
            if (SnapshotFormat.ReadBlockHeader(bytes.AsSpan(at)).BodyBytes < 0) continue;
            // In the bytes between no more blocks can have been than had room for their headers.
            for (var number = _number; number <= _number + (at - offset) / SnapshotFormat.BlockHeaderBytes; number++)
            {
                if (Block(at, number) is null) continue;
                _number = number;
                return at;
            }
        }
        return bytes.Length;
    }

    private void Read(int offset, int length)
    {
        _number++;
        var (_, partition, _) = SnapshotFormat.ReadBlockHeader(bytes.AsSpan(offset));
        var body = bytes.AsSpan(offset + SnapshotFormat.BlockHeaderBytes, length - SnapshotFormat.BlockHeaderBytes);
        if (partition == SnapshotFormat.EndPartition && body.Length == _identity.PartitionCount * sizeof(long))
        {
            Positions = new long[_identity.PartitionCount];
            for (var i = 0; i < Positions.Length; i++) Positions[i] = BinaryPrimitives.ReadInt64LittleEndian(body[(i * sizeof(long))..]);
            return;
        }
        try
        {
            while (!body.IsEmpty)
            {
                Add(StateRecordCodec.Read(body, out var consumed));
                body = body[consumed..];
            }
        }
        catch (StateCorruptionException exception)
        {
            Note(offset, $"the rest of a block of the snapshot, with the keys in it, cannot be read: {exception.Message}");
            _gap = true;
        }
    }

    private void Add(StateRecord record)
    {
        if (record.Continues)
        {
            if (!_gap && _parts.Count > 0 && _parts[0].Key == record.Key) _parts.Add(record);
            return;
        }
        Complete(_gap);
        _gap = false;
        if ((uint)record.Key.Partition < (uint)_identity.PartitionCount) _parts.Add(record);
    }

    /// <summary>Puts a key into the engine, unless a part of it may be missing.</summary>
    private void Complete(bool atGap)
    {
        if (_parts.Count == 0) return;
        var key = _parts[0].Key;
        var whole = !atGap || _parts[0].Content switch
        {
            DocumentContent => true,
            LogContent log => log.Count == _parts.Sum(static p => (long)((LogContent)p.Content).Entries.Count),
            IndexContent index => index.Count == _parts.Sum(static p => (long)((IndexContent)p.Content).Members.Count),
            _ => false,
        };
        if (whole) engine.Partitions[key.Partition].Apply([new RestoreChange(key, [.. _parts])], 0);
        else Dropped++;
        _parts.Clear();
    }

    private void Note(long offset, string what) => damage.Add(new(name, offset, what));
}
