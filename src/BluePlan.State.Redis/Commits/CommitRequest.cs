using System.Text;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>A commit as keys and arguments of its script. All bytes are copied, since the caller's memory may be another's while the command still waits to be written.</summary>
internal sealed class CommitRequest
{
    private const int FewOperations = 64;

    // The most arguments for which lists are kept for the thread's next request.
    private const int MostKept = 1024;
    [ThreadStatic] private static List<RedisKey>? _emptyKeys;
    [ThreadStatic] private static List<RedisValue>? _emptyValues;

    private readonly IStateProvider _provider;
    private readonly RedisKeys _names;
    private readonly string _channelPrefix;
    private readonly StateETag _etag;
    private readonly DateTimeOffset? _behind;
    private readonly List<RedisKey> _keys;
    private readonly List<RedisValue> _values;
    private ReadOnlyMemory<long> _added;
    private byte[]? _revision;

    /// <param name="provider">The provider, for the message of a refusal.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="names">What keys are called.</param>
    /// <param name="channelPrefix">What the connection puts before the channels that it subscribes to.</param>
    /// <param name="behind">The server's time while its clock is behind where it was; otherwise, <c>null</c>.</param>
    public CommitRequest(IStateProvider provider, StateCommit commit, RedisKeys names, string channelPrefix, DateTimeOffset? behind)
    {
        (_provider, _names, _channelPrefix, _etag, _behind) = (provider, names, channelPrefix, commit.ETag, behind);
        var operations = commit.Operations;
        (_keys, _values) = (_emptyKeys ?? new(16), _emptyValues ?? new(64));
        (_emptyKeys, _emptyValues) = (null, null);
        _values.Add(RedisValue.Null);
        Span<char> letters = operations.Count <= FewOperations ? stackalloc char[operations.Count] : new char[operations.Count];
        var kinds = 0;
        for (var i = 0; i < operations.Count; i++)
        {
            var kind = i == 0 && IsOnlyCondition(operations) ? AddNew((PutDocument)operations[0]) : Add(operations[i]);
            letters[i] = CommitScripts.Letter(kind);
            kinds |= 1 << (int)kind;
        }
        _values[0] = new string(letters);
        (Script, Keys, Values) = (CommitScripts.For(kinds), [.. _keys], [.. _values]);
        _keys.Clear();
        _values.Clear();
        if (_values.Capacity <= MostKept) (_emptyKeys, _emptyValues) = (_keys, _values);
    }

    public RedisScript Script { get; }

    public RedisKey[] Keys { get; }

    public RedisValue[] Values { get; }

    /// <summary>The commit's tag, as logs take it that the commit begins or edits.</summary>
    private RedisValue Revision => _revision ??= LogBytes.Write(_etag);

    /// <summary>Whether the first operation puts what must be absent, and nothing else can be unmet: then its write may be its check, as the last of all checks and the first write.</summary>
    private bool IsOnlyCondition(IReadOnlyList<StateOperation> operations)
    {
        if (operations[0] is not PutDocument { Condition.Kind: StateConditionKind.IfAbsent } put || ExpiryPlan.Of(put.Expiry, _behind).Mode is not ('N' or 'X')) return false;
        for (var i = 1; i < operations.Count; i++)
            if (operations[i] is not (IncrementFields or IncrementScores or SetScores or ExpireKey)) return false;
        return true;
    }

    private CommitOperation AddNew(PutDocument put)
    {
        var plan = ExpiryPlan.Of(put.Expiry, _behind);
        Key(put.Key);
        Add(plan.Lifetime, DocumentHeader.Write(_etag, plan, put.Value.Span));
        return CommitOperation.PutNew;
    }

    private CommitOperation Add(StateOperation operation)
    {
        switch (operation)
        {
            case PutDocument put: Key(put.Key); Put(put); return CommitOperation.Put;
            case CheckKey { Condition.Kind: StateConditionKind.IfExists } check: Key(check.Key); return CommitOperation.Exists;
            case CheckKey check: Key(check.Key); Check(check); return CommitOperation.Check;
            case CheckEntries check: Key(check.Key); Check(check); return CommitOperation.CheckEntries;
            case CheckExpiry check: Key(check.Key); Add(check.Instant is { } end ? ExpiryPlan.Milliseconds(end) : RedisValue.EmptyString); return CommitOperation.CheckExpiry;
            case DeleteKey delete: Keys2(delete.Key); Add(RedisKeys.Shape(delete.Key)); return CommitOperation.Delete;
            case ExpireKey expire: Keys2(expire.Key); Expire(expire); return CommitOperation.Expire;
            case SetFields set: Key(set.Key); Set(set); return CommitOperation.SetFields;
            case IncrementFields increment: Key(increment.Key); Increment(increment.Increments, increment.ReturnValues); return CommitOperation.IncrementFields;
            case IncrementWithin within: Key(within.Key); Bounds(within); Increment(within.Increments, within.ReturnValues); return CommitOperation.IncrementWithin;
            case ReplaceField replace: Key(replace.Key); Add(replace.Name, replace.Expected is null ? "" : "1", replace.Expected is { } expected ? MapBytes.Write(expected) : "", MapBytes.Write(replace.Value)); return CommitOperation.ReplaceField;
            case RemoveFields remove: Key(remove.Key); Names(remove.Fields); return CommitOperation.RemoveFields;
            case AppendEntries { KeepLast: null, AtLeast: null, Entries: [{ Id: not null, Sequence: null } entry] } append: Keys2(append.Key); Add(LogBytes.Write(entry.Id, entry.Value.Span), Revision); return CommitOperation.AppendOne;
            case AppendEntries append: Keys2(append.Key); Append(append); return CommitOperation.Append;
            case ReplaceEntry replace: Keys2(replace.Key); Replace(replace); return CommitOperation.ReplaceEntry;
            case RemoveEntries remove: Keys2(remove.Key); Remove(remove); return CommitOperation.RemoveEntries;
            case SetScores { OnlyRaise: true, Members: [var member] } raise: Key(raise.Key); Add(member.Score, member.Member); return CommitOperation.RaiseScore;
            case SetScores { Members: [var member] } one: Key(one.Key); Add(member.Score, member.Member); return CommitOperation.SetScore;
            case SetScores set: Key(set.Key); Add(set.Members.Count, set.OnlyRaise ? "1" : ""); Members(set.Members); return CommitOperation.SetScores;
            case IncrementScores increment: Key(increment.Key); Add(increment.Increments.Count); Members(increment.Increments); return CommitOperation.IncrementScores;
            case RemoveMembers remove: Key(remove.Key); Add(remove.OnlyIfAll ? "1" : ""); Names(remove.Members); return CommitOperation.RemoveMembers;
            case RemoveScores remove: Key(remove.Key); Add(Score(remove.Minimum), Score(remove.Maximum)); return CommitOperation.RemoveScores;
            case NotifyWatchers notify: Key(notify.Key); Add(Channel(notify.Key)); return CommitOperation.Notify;
            case RaiseToken raise: Key(raise.Key); Add(raise.Name, MapBytes.Write([raise.Token])); return CommitOperation.RaiseToken;
            default: throw operation.NotSupportedBy(_provider);
        }
    }

    private void Put(PutDocument put)
    {
        var plan = ExpiryPlan.Of(put.Expiry, _behind);
        Add(Condition(put.Condition), Mode(plan), plan.Lifetime, DocumentHeader.Write(_etag, plan, put.Value.Span));
    }

    private void Check(CheckKey check) => Add(RedisKeys.Shape(check.Key), Condition(check.Condition));

    private void Check(CheckEntries check)
    {
        var entries = check.Entries;
        Add(entries.Count);
        for (var i = 0; i < entries.Count; i++) Add(entries[i].Id);
        for (var i = 0; i < entries.Count; i++) Add(entries[i].Sequence);
    }

    private void Expire(ExpireKey expire)
    {
        var plan = ExpiryPlan.Of(expire.Expiry);
        Add(RedisKeys.Shape(expire.Key), Mode(plan), plan.Lifetime, expire.OnlyIfNone ? "1" : "");
        Add(expire.Key.Shape is StateShape.Document ? DocumentHeader.WriteExpiry(plan) : RedisValue.EmptyString);
    }

    private void Set(SetFields set)
    {
        Add(set.Fields.Count, set.IfAbsent ? "1" : "");
        foreach (var field in set.Fields) Add(field.Name, MapBytes.Write(field.Value));
    }

    private void Bounds(IncrementWithin within)
    {
        var bounds = within.Bounds;
        Add(bounds.Sum(static bound => 4 + bound.Fields.Count));
        foreach (var bound in bounds)
        {
            Add(bound.Maximum, 8 * bound.Counter, within.AddedTo(bound));
            Names(bound.Fields);
        }
    }

    private void Increment(IReadOnlyList<MapIncrement> fields, bool returnValues)
    {
        Add(fields.Count, returnValues ? "1" : "");
        for (var i = 0; i < fields.Count; i++) Add(fields[i].Name);
        for (var i = 0; i < fields.Count; i++)
        {
            var by = fields[i].By;
            Add(by.Equals(_added) ? RedisValue.EmptyString : MapBytes.Write(by.Span));
            _added = by;
        }
    }

    private void Append(AppendEntries append)
    {
        var (entries, ids, sequences) = (append.Entries, false, append.AtLeast is not null);
        for (var i = 0; i < entries.Count; i++) (ids, sequences) = (ids || entries[i].Id is not null, sequences || entries[i].Sequence is not null);
        Add(entries.Count, append.KeepLast is { } keep ? keep : "", (ids ? "i" : "") + (sequences ? "s" : ""), Revision);
        for (var i = 0; i < entries.Count; i++) Add(LogBytes.Write(entries[i].Id, entries[i].Value.Span));
        for (var i = 0; ids && i < entries.Count; i++) Add(entries[i].Id ?? "");
        for (var i = 0; sequences && i < entries.Count; i++) Add(append.AtLeast is { } least && i == 0 ? -least : entries[i].Sequence is { } sequence ? sequence : "");
    }

    private void Replace(ReplaceEntry replace) =>
        Add(replace.Sequence, replace.Expected is null ? "" : "1", (replace.Expected ?? default).ToArray(), replace.Value.ToArray(), Revision);

    private void Remove(RemoveEntries remove)
    {
        Add(remove.Ranges.Count);
        foreach (var range in remove.Ranges) Add(Math.Min(range.First, StateLimits.MaximumNumber + 1), Math.Min(range.Last, StateLimits.MaximumNumber));
        Add(Revision);
    }

    private void Names(IReadOnlyList<string> names)
    {
        Add(names.Count);
        foreach (var name in names) Add(name);
    }

    private void Members(IReadOnlyList<IndexMember> members)
    {
        for (var i = 0; i < members.Count; i++) Add(members[i].Score, members[i].Member);
    }

    private void Key(StateKey key) => _keys.Add(_names.Of(key));

    private void Keys2(StateKey key)
    {
        _keys.Add(_names.Of(key));
        if (key.Shape is StateShape.Log) _keys.Add(_names.EntriesOf(key));
    }

    private void Add(params ReadOnlySpan<RedisValue> values) => _values.AddRange(values);

    private byte[] Channel(StateKey key) => [.. Encoding.UTF8.GetBytes(_channelPrefix), .. _names.Of(key)];

    /// <summary>Beyond every score that there is, there is nothing to tell apart.</summary>
    public static RedisValue Score(long score) => Math.Clamp(score, -StateLimits.MaximumNumber - 1, StateLimits.MaximumNumber + 1);

    private static RedisValue Mode(in ExpiryPlan plan) => plan.Mode switch
    {
        'N' => "N",
        'X' => "X",
        'A' => "A",
        'C' => "C",
        _ => "K",
    };

    private static RedisValue Condition(StateCondition condition)
    {
        switch (condition.Kind)
        {
            case StateConditionKind.None: return RedisValue.EmptyString;
            case StateConditionKind.IfAbsent: return "a";
            case StateConditionKind.IfExists: return "e";
            default:
                var etag = new byte[16];
                condition.ETag.WriteTo(etag);
                return etag;
        }
    }
}
