namespace BluePlan.State.Storage;

/// <summary>One partition in memory: its keys, and the lock under which they change. Documents are also read without it.</summary>
internal sealed class Partition(int number)
{
    private const int SweptBuckets = 4;
    // How far a touch may move an expiry before the journal is told: a share of the window, and in milliseconds.
    private const int DriftShare = 64;
    private const int MostDrift = 60_000;

    private volatile KeyTable? _keys = new();
    private Func<KeyTable>? _build;
    private volatile bool _applying;
    private List<KeyNode> _touched = [];
    private int _sweepPlace;

    public int Number => number;

    /// <summary>Held by whoever changes the partition, or reads a map, log or index.</summary>
    public Lock Gate { get; } = new();

    public KeyTable Keys => _keys ?? Build();

    /// <summary>The journal's position of the last commit.</summary>
    public long LastPosition { get; private set; }

    /// <summary>Whether something is being applied in several steps, half of which must not be seen: then documents, too, are read under the lock. Set under the lock.</summary>
    public bool IsApplying { get => _applying; set => _applying = value; }

    /// <summary>Finds a key, perhaps expired. Without the lock good for documents, unless the partition <see cref="IsApplying"/> afterwards.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="position">What the journal must have acknowledged before this may be told.</param>
    public KeyNode? Find(in StateKey key, uint hash, out long position)
    {
        var keys = Keys;
        var node = keys.Find(key, hash);
        position = node?.Position ?? keys.RemovalPosition;
        return node;
    }

    /// <summary>Finds a key that has not expired. Under the lock.</summary>
    public KeyNode? Find(in StateKey key, DateTimeOffset now)
    {
        var node = Keys.Find(key);
        return node is null || node.IsExpiredAt(now) ? null : node;
    }

    /// <inheritdoc cref="Find(in StateKey, DateTimeOffset)"/>
    public KeyNode? Find(in StateKey key, DateTimeOffset now, out long position) => Find(key, KeyTable.HashOf(key), out position) is { } node && !node.IsExpiredAt(now) ? node : null;

    /// <summary>Applies what a commit did. Under the lock.</summary>
    public void Apply(IReadOnlyList<StateChange> changes, long position)
    {
        LastPosition = Math.Max(LastPosition, position);
        _applying = changes.Count > 1;
        try
        {
            for (var i = 0; i < changes.Count; i++) Apply(changes[i], position);
        }
        finally
        {
            _applying = false;
        }
    }

    /// <summary>Gives a document another expiry because it was read. Under the lock.</summary>
    public DocumentContent Touch(KeyNode node, StateExpiry expiry, bool remember)
    {
        if (expiry == node.Expiry) return node.Document;
        var before = node.Instant;
        var content = (DocumentContent)node.Content with { Expiry = expiry };
        // What a touch changes beyond the instant does not wait.
        long moved = int.MaxValue;
        if (!node.TrySlide(expiry)) node = Keys.Replace(node, content);
        else if ((moved = node.Instant - before) < 0) Keys.NoteExpiry(node);
        if (remember && node.Drift(moved, Math.Min(expiry.Window.Ticks / TimeSpan.TicksPerMillisecond / DriftShare, MostDrift)) && !node.IsTouched)
        {
            node.IsTouched = true;
            _touched.Add(node);
        }
        return content;
    }

    /// <summary>The documents whose expiry has moved so far that the journal must be told, since the last time, as they were found then. Under the lock.</summary>
    public IReadOnlyList<KeyNode> TakeTouched()
    {
        var touched = _touched;
        if (touched.Count > 0) _touched = [];
        return touched;
    }

    /// <summary>All documents whose expiry has moved since the journal was told, however little, as they are found now. None where the keys are not built. Under the lock.</summary>
    public IReadOnlyList<KeyNode> TakeDrifted()
    {
        _touched = [];
        return _keys is { } keys ? [.. keys.TakeSnapshot().Nodes().Where(static n => n.HasDrifted)] : [];
    }

    /// <summary>The expiry of documents, of which nobody told the journal since they were taken. Under the lock.</summary>
    public List<StateChange> ExpiryOf(IEnumerable<KeyNode> taken)
    {
        var changes = new List<StateChange>();
        foreach (var found in taken)
        {
            var key = found.Key(number);
            if (Keys.Find(key, found.Hash) is not { } node) continue;
            if (node.HasDrifted) changes.Add(new ExpireChange(key, node.Expiry));
            node.EndDrift();
        }
        return changes;
    }

    /// <summary>Removes what has expired from the next few buckets, so that a store which is written to keeps clean by itself. Under the lock.</summary>
    public void SweepSome(DateTimeOffset now)
    {
        var keys = Keys;
        for (var i = 0; i < SweptBuckets; i++)
        {
            if (_sweepPlace >> KeySegment.Bits >= keys.SegmentCount) _sweepPlace = 0;
            var (segment, bucket) = (_sweepPlace >> KeySegment.Bits, _sweepPlace & (KeySegment.Size - 1));
            if (bucket == 0 && !keys.MayHoldExpired(segment, now))
            {
                _sweepPlace += KeySegment.Size;
                return;
            }
            keys.Sweep(segment, bucket, now);
            _sweepPlace++;
        }
    }

    /// <summary>Removes everything that has expired, letting others in between.</summary>
    public void SweepAll(DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var segment = 0; segment < Keys.SegmentCount; segment++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (Gate)
                for (var bucket = 0; bucket < KeySegment.Size && segment < Keys.SegmentCount; bucket++) Keys.Sweep(segment, bucket, now);
        }
    }

    /// <summary>Has the keys built when somebody first asks for them. Before anybody does.</summary>
    public void BuildLater(Func<KeyTable> build) => (_build, _keys) = (build, null);

    /// <summary>Puts other keys in the place of all there are. Under the lock.</summary>
    public void Replace(KeyTable keys, long position)
    {
        keys.RemovalPosition = position;
        (_keys, _build, _touched) = (keys, null, []);
        LastPosition = Math.Max(LastPosition, position);
    }

    private KeyTable Build()
    {
        lock (Gate)
        {
            if (_keys is { } built) return built;
            var keys = _build!();
            (_keys, _build) = (keys, null);
            return keys;
        }
    }

    private void Apply(StateChange change, long position)
    {
        switch (change)
        {
            case PutDocumentChange put:
                Keys.Set(put.Key, put.Content, position);
                break;
            case DeleteChange delete:
                Remove(delete.Key, position);
                break;
            case ExpireChange expire:
                Expire(expire, position);
                break;
            case SetFieldsChange set:
                var map = ForWriting(set.Key, set.Fresh, position) as StoredMap ?? Make(set.Key, new StoredMap(Keys.Epoch), position);
                foreach (var field in set.Fields) map.Fields.Set(field);
                break;
            case RemoveFieldsChange remove:
                if (ForWriting(remove.Key, false, position) is not StoredMap fields) break;
                foreach (var name in remove.Names) fields.Fields.Remove(new(name, default));
                if (fields.Fields.Count == 0) Remove(remove.Key, position);
                break;
            case AppendChange append:
                var log = ForWriting(append.Key, append.Fresh, position) as StoredLog ?? Make(append.Key, new StoredLog(Keys.Epoch), position);
                foreach (var entry in append.Entries) log.Append(entry);
                if (append.KeepLast > 0) log.RemoveOldest(log.Entries.Count - append.KeepLast);
                log.Revise(append.Revision);
                break;
            case ReplaceEntryChange replace:
                if (ForWriting(replace.Key, false, position) is not StoredLog replaced) break;
                replaced.Entries.Set(replace.Entry);
                replaced.Revise(replace.Revision);
                break;
            case RemoveEntriesChange remove:
                if (ForWriting(remove.Key, false, position) is not StoredLog entries) break;
                foreach (var range in remove.Ranges)
                    foreach (var entry in entries.Entries.View.Collect(LogRanges.Of(range))) entries.Remove(entry);
                entries.Revise(remove.Revision);
                break;
            case SetScoresChange set:
                var index = ForWriting(set.Key, set.Fresh, position) as StoredIndex ?? Make(set.Key, new StoredIndex(Keys.Epoch), position);
                foreach (var member in set.Members) index.Set(member);
                break;
            case RemoveMembersChange remove:
                if (ForWriting(remove.Key, false, position) is not StoredIndex members) break;
                foreach (var member in remove.Members) members.Remove(member);
                if (members.Members.Count == 0) Remove(remove.Key, position);
                break;
            case RestoreChange restore:
                var content = restore.Built ?? StoredParts.Build(restore.Parts, Keys.Epoch);
                Keys.Set(restore.Key, content is StoredKey stored && stored.Epoch != Keys.Epoch ? stored.Fork(Keys.Epoch) : content, position);
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change.GetType().Name}.");
        }
    }

    private T Make<T>(in StateKey key, T stored, long position) where T : StoredKey
    {
        Keys.Set(key, stored, position);
        return stored;
    }

    private StoredKey? ForWriting(in StateKey key, bool fresh, long position)
    {
        if (fresh || Keys.Find(key) is not { Content: StoredKey stored } node) return null;
        if (stored.Epoch != Keys.Epoch) return Make(key, stored.Fork(Keys.Epoch), position);
        node.Position = position;
        return stored;
    }

    private void Expire(ExpireChange change, long position)
    {
        if (ForWriting(change.Key, false, position) is { } stored)
        {
            stored.Expiry = change.Expiry;
            Keys.NoteExpiry(Keys.Find(change.Key)!);
        }
        else if (Keys.Find(change.Key) is { Content: DocumentContent document }) Keys.Set(change.Key, document with { Expiry = change.Expiry }, position);
    }

    private void Remove(in StateKey key, long position) => Keys.Remove(key, position);
}
