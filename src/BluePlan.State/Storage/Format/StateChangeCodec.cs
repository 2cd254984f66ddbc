using System.Buffers;

namespace BluePlan.State.Storage;

/// <summary>What a commit changed, as bytes: the body of a journal frame.</summary>
/// <remarks>
/// <para>Version 1; the frame around it says so, and names the partition. Primitives as at <see cref="FormatWriter"/>; key, expiry, fields, entries and members as at <see cref="StateRecordCodec"/>.</para>
/// <code>
/// changes   = { change }                                            up to the end of the bytes
/// change    = 1   key  expiry  document                             the document is this
///           | 2   key                                               the key is gone
///           | 3   key  expiry                                       the key, if there, expires thus
///           | 4   key  fresh  count  { field }                      these fields hold this
///           | 5   key  count  { name (text) }                       these fields are gone
///           | 6   key  fresh  keep (number)  count  { entry }       these entries were appended; then all but the newest (keep) were removed, 0 = none
///           | 7   key  entry                                        the entry holds this
///           | 8   key  count  { first (number)  last (number) }     the entries in these ranges are gone
///           | 9   key  fresh  count  { member }                     these members have these scores
///           | 10  key  count  { member (text) }                     these members are gone
///           | 11  key  count  { record }                            the key is exactly these records
///           | 12  key  revision (ETag)  as of 6                     as 6, and the log has this revision
///           | 13  key  revision  as of 7                            as 7, and the log has this revision
///           | 14  key  revision  as of 8                            as 8, and the log has this revision
/// fresh     = 0 | 1        1 = whatever the key held before goes first, the revision of a log too
/// </code>
/// <para>Bytes of this version decode for ever; new kinds of change take new numbers.</para>
/// </remarks>
internal static class StateChangeCodec
{
    private const byte Put = 1, Delete = 2, Expire = 3, SetFields = 4, RemoveFields = 5, Append = 6, Replace = 7, RemoveEntries = 8, SetScores = 9, RemoveMembers = 10, Restore = 11;
    private const byte AppendRevised = 12, ReplaceRevised = 13, RemoveEntriesRevised = 14;

    public static void Write(IBufferWriter<byte> output, IReadOnlyList<StateChange> changes)
    {
        var writer = new FormatWriter(output);
        for (var i = 0; i < changes.Count; i++)
        {
            Write(ref writer, changes[i]);
            if (changes[i] is not RestoreChange restore) continue;
            writer.Number((ulong)restore.Parts.Count);
            writer.Complete();
            foreach (var part in restore.Parts) StateRecordCodec.Write(output, part);
        }
        writer.Complete();
    }

    /// <exception cref="StateCorruptionException">The bytes are no changes of a known kind.</exception>
    public static List<StateChange> Read(ReadOnlySpan<byte> source, int partition)
    {
        var changes = new List<StateChange>(1);
        var reader = new FormatReader(source);
        while (!reader.IsAtEnd) changes.Add(Read(ref reader, partition));
        return changes;
    }

    private static void Write(ref FormatWriter writer, StateChange change)
    {
        writer.Byte(change switch
        {
            PutDocumentChange => Put,
            DeleteChange => Delete,
            ExpireChange => Expire,
            SetFieldsChange => SetFields,
            RemoveFieldsChange => RemoveFields,
            AppendChange append => append.Revision.IsEmpty ? Append : AppendRevised,
            ReplaceEntryChange replace => replace.Revision.IsEmpty ? Replace : ReplaceRevised,
            RemoveEntriesChange remove => remove.Revision.IsEmpty ? RemoveEntries : RemoveEntriesRevised,
            SetScoresChange => SetScores,
            RemoveMembersChange => RemoveMembers,
            RestoreChange => Restore,
            _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
        });
        StateFormat.WriteKey(ref writer, change.Key);
        long last = 0;
        switch (change)
        {
            case PutDocumentChange put:
                StateFormat.WriteExpiry(ref writer, put.Content.Expiry);
                StateFormat.WriteDocument(ref writer, put.Content);
                break;
            case ExpireChange expire:
                StateFormat.WriteExpiry(ref writer, expire.Expiry);
                break;
            case SetFieldsChange set:
                writer.Flag(set.Fresh);
                writer.Number((ulong)set.Fields.Length);
                foreach (var (name, value) in set.Fields) StateFormat.WriteField(ref writer, name, value);
                break;
            case RemoveFieldsChange remove:
                WriteNames(ref writer, remove.Names);
                break;
            case AppendChange append:
                WriteRevision(ref writer, append.Revision);
                writer.Flag(append.Fresh);
                writer.Number((ulong)append.KeepLast);
                writer.Number((ulong)append.Entries.Length);
                foreach (var entry in append.Entries) StateFormat.WriteEntry(ref writer, entry, ref last);
                break;
            case ReplaceEntryChange replace:
                WriteRevision(ref writer, replace.Revision);
                StateFormat.WriteEntry(ref writer, replace.Entry, ref last);
                break;
            case RemoveEntriesChange remove:
                WriteRevision(ref writer, remove.Revision);
                writer.Number((ulong)remove.Ranges.Length);
                foreach (var (first, end) in remove.Ranges)
                {
                    writer.Number((ulong)first);
                    writer.Number((ulong)end);
                }
                break;
            case SetScoresChange set:
                writer.Flag(set.Fresh);
                writer.Number((ulong)set.Members.Length);
                foreach (var member in set.Members) StateFormat.WriteMember(ref writer, member);
                break;
            case RemoveMembersChange remove:
                WriteNames(ref writer, remove.Members);
                break;
        }
    }

    private static StateChange Read(ref FormatReader reader, int partition)
    {
        var kind = reader.Byte();
        var key = StateFormat.ReadKey(ref reader, partition);
        if (kind is >= Put and <= RemoveEntriesRevised && Shape(kind) is { } shape && key.Shape != shape) throw reader.Corrupt("a change does not fit its key");
        switch (kind)
        {
            case Put:
                var expiry = StateFormat.ReadExpiry(ref reader);
                return new PutDocumentChange(key, StateFormat.ReadDocument(ref reader, expiry));
            case Delete:
                return new DeleteChange(key);
            case Expire:
                return new ExpireChange(key, StateFormat.ReadExpiry(ref reader));
            case SetFields:
                var freshMap = reader.Flag();
                var fields = reader.Items<MapField>(3);
                while (!fields.IsComplete) fields.Add(StateFormat.ReadField(ref reader));
                return new SetFieldsChange(key, fields.Items, freshMap);
            case RemoveFields:
                return new RemoveFieldsChange(key, ReadNames(ref reader));
            case Append or AppendRevised:
                var began = ReadRevision(ref reader, kind == AppendRevised);
                var freshLog = reader.Flag();
                var keep = reader.Number() is var kept and <= int.MaxValue ? (int)kept : throw reader.Corrupt("a log keeps too many entries");
                var entries = reader.Items<LogEntry>(3);
                long last = 0;
                while (!entries.IsComplete) entries.Add(StateFormat.ReadEntry(ref reader, ref last));
                return new AppendChange(key, entries.Items, keep, freshLog, began);
            case Replace or ReplaceRevised:
                var edited = ReadRevision(ref reader, kind == ReplaceRevised);
                long before = 0;
                return new ReplaceEntryChange(key, StateFormat.ReadEntry(ref reader, ref before), edited);
            case RemoveEntries or RemoveEntriesRevised:
                var trimmed = ReadRevision(ref reader, kind == RemoveEntriesRevised);
                var ranges = reader.Items<SequenceRange>(2);
                while (!ranges.IsComplete) ranges.Add(new(reader.Long(), reader.Long()));
                return new RemoveEntriesChange(key, ranges.Items, trimmed);
            case SetScores:
                var freshIndex = reader.Flag();
                var members = reader.Items<IndexMember>(2);
                while (!members.IsComplete) members.Add(StateFormat.ReadMember(ref reader));
                return new SetScoresChange(key, members.Items, freshIndex);
            case RemoveMembers:
                return new RemoveMembersChange(key, ReadNames(ref reader));
            case Restore:
                var parts = reader.Items<StateRecord>(5);
                while (!parts.IsComplete) parts.Add(ReadPart(ref reader, key));
                return parts.Items.Length > 0 ? new RestoreChange(key, parts.Items) : throw reader.Corrupt("a key is restored from nothing");
            default:
                throw reader.Corrupt($"a change is of kind {kind}, which is not known here");
        }
    }

    private static StateShape? Shape(byte kind) => kind switch
    {
        Put => StateShape.Document,
        SetFields or RemoveFields => StateShape.Map,
        Append or Replace or RemoveEntries or AppendRevised or ReplaceRevised or RemoveEntriesRevised => StateShape.Log,
        SetScores or RemoveMembers => StateShape.Index,
        _ => null,
    };

    private static void WriteRevision(ref FormatWriter writer, StateETag revision)
    {
        if (!revision.IsEmpty) writer.Tag(revision);
    }

    private static StateETag ReadRevision(ref FormatReader reader, bool follows)
    {
        if (!follows) return default;
        return reader.Tag() is { IsEmpty: false } revision ? revision : throw reader.Corrupt("a revision is empty");
    }

    private static StateRecord ReadPart(ref FormatReader reader, in StateKey key)
    {
        var part = StateRecordCodec.Read(reader.Rest, out var consumed);
        reader.Skip(consumed);
        return part.Key == key ? part : throw reader.Corrupt("a key is restored from another's record");
    }

    private static void WriteNames(ref FormatWriter writer, string[] names)
    {
        writer.Number((ulong)names.Length);
        foreach (var name in names) writer.Text(name);
    }

    private static string[] ReadNames(ref FormatReader reader)
    {
        var names = reader.Items<string>(1);
        while (!names.IsComplete) names.Add(reader.Text());
        return names.Items;
    }
}
