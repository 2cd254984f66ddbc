using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>What a store is, said as plainly as possible: the contract's sentences over dictionaries, without threads, bytes or round trips.</summary>
internal sealed class ModelStore
{
    private readonly Dictionary<StateKey, ModelCell> _cells = [];

    /// <summary>What the key holds now; null = absent.</summary>
    public ModelCell? Live(StateKey key, DateTimeOffset now) => _cells.TryGetValue(key, out var cell) && !cell.Expiry.IsExpiredAt(now) ? cell : null;

    /// <summary>The names of the exceptions that the commit may end with, or its result.</summary>
    public (CommitResult? Result, string[] Failures) Commit(StateCommit commit, DateTimeOffset now)
    {
        for (var i = 0; i < commit.Operations.Count; i++)
            if (!IsMet(commit.Operations[i], Live(commit.Operations[i].Key, now)))
                return (new([], Conflict(i, commit.Operations[i], Live(commit.Operations[i].Key, now))), []);
        string[] failures = [.. commit.Operations.SelectMany(operation => Failures(operation, Live(operation.Key, now))).Distinct()];
        return failures.Length > 0 ? (null, failures) : (new([.. commit.Operations.Select(operation => Apply(operation, commit.ETag, now))]), []);
    }

    public StateContent? Read(StateRead read, DateTimeOffset now)
    {
        if (read is UnionRead union)
        {
            ModelCell[] indexes = [.. union.Keys.Select(key => Live(key, now)).OfType<ModelCell>()];
            var sums = indexes.SelectMany(static index => index.Scores).GroupBy(static score => score.Key, static (member, scores) => new IndexMember(member, scores.Sum(static score => score.Value))).OrderDescending().ToArray();
            return indexes.Length == 0 ? null : new IndexContent([.. sums.Take(union.Limit)], sums.Length);
        }
        if (Live(read.Key, now) is not { } cell) return null;
        if (read is DocumentRead { Touch: { } touch }) cell.Expiry = cell.Expiry.Slide(touch, now);
        StateContent content = read switch
        {
            DocumentRead document => new DocumentContent(document.HeadOnly ? default : cell.Value, cell.ETag),
            MapRead map => new MapContent(cell.Fields.Where(field => map.Fields?.Contains(field.Key) ?? true).ToDictionary()),
            LogRead log => new LogContent([.. Entries(log, cell)], cell.LastSequence, cell.Entries.Count) { Revision = cell.Revision },
            TailRead tail => Tail(tail, cell),
            PageRead page => Page(page, cell, now),
            IndexRead index => new IndexContent([.. Members(index, cell)], cell.Scores.Count),
            _ => throw new InvalidOperationException($"Unknown read {read.GetType().Name}."),
        };
        return content with { Expiry = cell.Expiry };
    }

    private static IEnumerable<LogEntry> Entries(LogRead read, ModelCell cell)
    {
        if (read.Ids is { } ids) return cell.Entries.Values.Where(entry => entry.Id is not null && ids.Contains(entry.Id));
        var range = cell.Entries.Values.Where(entry => read.First <= entry.Sequence && entry.Sequence <= read.Last).ToArray();
        return read.Limit >= range.Length ? range : read.FromEnd ? range[^read.Limit..] : range[..read.Limit];
    }

    private static LogContent Tail(TailRead read, ModelCell cell)
    {
        var content = new LogContent([], cell.LastSequence, cell.Entries.Count) { Revision = cell.Revision };
        var isKnown = read.Known.Revision == cell.Revision && read.Known.LastSequence <= cell.LastSequence;
        var behind = cell.Entries.Values.Where(entry => entry.Sequence > read.Known.LastSequence).ToArray();
        return isKnown && behind.Length <= read.Limit ? content with { Entries = behind, IsContinuation = true } : content with { Entries = [.. cell.Entries.Values.TakeLast(read.Limit)] };
    }

    private PageContent Page(PageRead read, ModelCell cell, DateTimeOffset now)
    {
        var members = Members(new IndexRead(read.Key, limit: read.Limit, descending: read.Descending, after: read.After), cell);
        return new([.. members.Select(member => new PageItem(member, (DocumentContent?)Read(new DocumentRead(new(read.Key.Partition, StateShape.Document, read.Type, read.IdPrefix + member.Member)), now)))], cell.Scores.Count);
    }

    private static IEnumerable<IndexMember> Members(IndexRead read, ModelCell cell)
    {
        if (read.Members is { } names) return cell.Members().Where(member => names.Contains(member.Member));
        var ordered = read.Descending ? cell.Members().Reverse() : cell.Members();
        return ordered
            .Where(member => read.Minimum <= member.Score && member.Score <= read.Maximum)
            .Where(member => read.After is not { } after || (read.Descending ? member.CompareTo(after) < 0 : member.CompareTo(after) > 0))
            .Take(read.Limit);
    }

    private static CommitConflict Conflict(int position, StateOperation operation, ModelCell? cell) =>
        operation is IncrementWithin within && FirstUnmet(within, cell) is { } unmet ? new(position, default) { Bound = unmet.Bound, Available = unmet.Available } : new(position, cell?.ETag ?? default);

    private static bool IsMet(StateOperation operation, ModelCell? cell)
    {
        switch (operation)
        {
            case PutDocument put: return IsMet(put.Condition, cell);
            case CheckKey check: return IsMet(check.Condition, cell);
            case CheckEntries check: return cell is not null && check.Entries.All(wanted => cell.Entries.TryGetValue(wanted.Sequence, out var held) && held.Id == wanted.Id);
            case CheckExpiry check: return cell is not null && cell.Expiry.Kind is not StateExpiryKind.Sliding && cell.Expiry.Instant == check.Instant;
            case SetFields { IfAbsent: true } set: return cell is null || set.Fields.All(field => !cell.Fields.ContainsKey(field.Name));
            case ReplaceField replace: return (cell is not null && cell.Fields.TryGetValue(replace.Name, out var field) ? field : (MapValue?)null) == replace.Expected;
            case IncrementWithin within: return FirstUnmet(within, cell) is null;
            case RaiseToken raise: return cell is null || !cell.Fields.TryGetValue(raise.Name, out var seen) || !seen.IsCounters || seen.Counters.Span[0] <= raise.Token;
            case ReplaceEntry replace:
                return cell is not null && cell.Entries.TryGetValue(replace.Sequence, out var entry) && (replace.Expected is null || entry.Value.Span.SequenceEqual(replace.Expected.Value.Span));
            case RemoveMembers { OnlyIfAll: true } remove: return cell is not null && remove.Members.All(cell.Scores.ContainsKey);
            case AppendEntries append:
                var last = cell?.LastSequence ?? 0;
                foreach (var added in append.Entries)
                {
                    if (added.Id is { } id && cell?.Holds(id) == true) return false;
                    if (added.Sequence is { } sequence && sequence <= last) return false;
                    last = added.Sequence ?? last + 1;
                }
                return true;
            default: return true;
        }
    }

    private static bool IsMet(StateCondition condition, ModelCell? cell) => condition.Kind switch
    {
        StateConditionKind.IfAbsent => cell is null,
        StateConditionKind.IfExists => cell is not null,
        StateConditionKind.IfMatch => cell?.ETag == condition.ETag,
        _ => true,
    };

    private static IEnumerable<string> Failures(StateOperation operation, ModelCell? cell)
    {
        switch (operation)
        {
            case IncrementWithin within when within.Bounds.Any(bound => within.AddedTo(bound) > 0 && SumOf(bound, cell) is null):
                yield return HoldsBytes(within, cell) ? nameof(InvalidOperationException) : nameof(OverflowException);
                if (HoldsBytes(within, cell)) yield return nameof(OverflowException);
                break;
            case IncrementFields or IncrementWithin:
                foreach (var by in Increments(operation))
                {
                    var was = cell is not null && cell.Fields.TryGetValue(by.Name, out var value) ? value : (MapValue?)null;
                    if (was is { IsCounters: false }) yield return nameof(InvalidOperationException);
                    else if (Sum(was, by.By).Any(IsBeyond)) yield return nameof(OverflowException);
                }
                break;
            case RaiseToken raise when cell is not null && cell.Fields.TryGetValue(raise.Name, out var seen) && !seen.IsCounters:
                yield return nameof(InvalidOperationException);
                break;
            case IncrementScores increment when increment.Increments.Any(by => IsBeyond((cell?.Scores.GetValueOrDefault(by.Member) ?? 0) + by.Score)):
                yield return nameof(OverflowException);
                break;
            case AppendEntries append when append.Entries.Aggregate(Math.Max(cell?.LastSequence ?? 0, (append.AtLeast ?? 1) - 1), static (last, entry) => entry.Sequence ?? last + 1) > StateLimits.MaximumNumber:
                yield return nameof(OverflowException);
                break;
        }
    }

    private static IReadOnlyList<MapIncrement> Increments(StateOperation operation) => operation is IncrementWithin within ? within.Increments : ((IncrementFields)operation).Increments;

    private static (int Bound, long Available)? FirstUnmet(IncrementWithin within, ModelCell? cell)
    {
        for (var i = 0; i < within.Bounds.Count; i++)
        {
            var bound = within.Bounds[i];
            var added = within.Increments.Where(by => bound.Fields.Contains(by.Name)).Sum(by => bound.Counter < by.By.Length ? by.By.Span[bound.Counter] : 0);
            if (added > 0 && SumOf(bound, cell) is { } sum && sum + added > bound.Maximum) return (i, bound.Maximum - sum);
        }
        return null;
    }

    /// <summary>Null when it cannot be told.</summary>
    private static long? SumOf(CounterBound bound, ModelCell? cell)
    {
        long sum = 0;
        foreach (var name in bound.Fields)
        {
            if (cell is null || !cell.Fields.TryGetValue(name, out var value)) continue;
            if (!value.IsCounters) return null;
            if (bound.Counter < value.Counters.Length) sum += value.Counters.Span[bound.Counter];
            if (IsBeyond(sum)) return null;
        }
        return sum;
    }

    private static bool HoldsBytes(IncrementWithin within, ModelCell? cell) =>
        within.Bounds.SelectMany(static bound => bound.Fields).Concat(within.Increments.Select(static by => by.Name)).Any(name => cell is not null && cell.Fields.TryGetValue(name, out var value) && !value.IsCounters);

    private static bool IsBeyond(long number) => number is < -StateLimits.MaximumNumber or > StateLimits.MaximumNumber;

    private static long[] Sum(MapValue? was, ReadOnlyMemory<long> by)
    {
        var sum = new long[Math.Max(was?.Counters.Length ?? 0, by.Length)];
        was?.Counters.CopyTo(sum);
        for (var i = 0; i < by.Length; i++) sum[i] += by.Span[i];
        return sum;
    }

    private OperationResult Apply(StateOperation operation, StateETag etag, DateTimeOffset now)
    {
        var key = operation.Key;
        var cell = Live(key, now);
        switch (operation)
        {
            case CheckKey or CheckEntries or CheckExpiry or NotifyWatchers:
                return default;
            case DeleteKey:
                _cells.Remove(key);
                return new(Count: cell is null ? 0 : 1);
            case ExpireKey expire:
                if (cell is null || (expire.OnlyIfNone && cell.Expiry.Kind is not StateExpiryKind.Never)) return default;
                cell.Expiry = expire.Expiry.Resolve(now);
                return new(Count: 1);
            case RemoveEntries when cell is null:
                return default;
        }
        if (cell is null) _cells[key] = cell = new(key.Shape) { Revision = etag };
        var result = Write(operation, cell, etag, now);
        if (cell.IsGone) _cells.Remove(key);
        return result;
    }

    private static OperationResult Write(StateOperation operation, ModelCell cell, StateETag etag, DateTimeOffset now)
    {
        switch (operation)
        {
            case PutDocument put:
                (cell.Value, cell.ETag) = (put.Value, etag);
                if (put.Expiry.Kind is not StateExpiryKind.Keep) cell.Expiry = put.Expiry.Resolve(now);
                return default;
            case SetFields set:
                foreach (var field in set.Fields) cell.Fields[field.Name] = field.Value;
                return default;
            case IncrementFields or IncrementWithin:
                var increments = Increments(operation);
                foreach (var by in increments) cell.Fields[by.Name] = new(Sum(cell.Fields.TryGetValue(by.Name, out var was) ? was : null, by.By).AsMemory());
                return new(Vectors: operation is IncrementFields { ReturnValues: true } or IncrementWithin { ReturnValues: true } ? [.. increments.Select(by => cell.Fields[by.Name].Counters)] : null);
            case ReplaceField replace:
                cell.Fields[replace.Name] = replace.Value;
                return default;
            case RaiseToken raise:
                cell.Fields[raise.Name] = new(new[] { raise.Token });
                return default;
            case RemoveFields remove:
                return new(Count: remove.Fields.Count(cell.Fields.Remove));
            case AppendEntries append:
                long? first = null;
                cell.LastSequence = Math.Max(cell.LastSequence, (append.AtLeast ?? 1) - 1);
                foreach (var entry in append.Entries)
                {
                    cell.LastSequence = entry.Sequence ?? cell.LastSequence + 1;
                    cell.Entries.Add(cell.LastSequence, new(cell.LastSequence, entry.Value, entry.Id));
                    first ??= cell.LastSequence;
                }
                if (cell.Entries.Count > append.KeepLast) cell.Revision = etag;
                while (cell.Entries.Count > append.KeepLast) cell.Entries.Remove(cell.Entries.Keys.First());
                return new(Count: cell.Entries.Count, Value: first!.Value);
            case ReplaceEntry replace:
                cell.Entries[replace.Sequence] = cell.Entries[replace.Sequence] with { Value = replace.Value };
                cell.Revision = etag;
                return default;
            case RemoveEntries remove:
                var removed = cell.Entries.Keys.Where(sequence => remove.Ranges.Any(range => range.First <= sequence && sequence <= range.Last)).ToArray().Count(cell.Entries.Remove);
                if (removed > 0) cell.Revision = etag;
                return new(Count: removed);
            case SetScores set:
                foreach (var member in set.Members)
                    if (!set.OnlyRaise || !cell.Scores.TryGetValue(member.Member, out var score) || member.Score > score) cell.Scores[member.Member] = member.Score;
                return default;
            case IncrementScores increment:
                foreach (var by in increment.Increments) cell.Scores[by.Member] = cell.Scores.GetValueOrDefault(by.Member) + by.Score;
                return default;
            case RemoveMembers remove:
                return new(Count: remove.Members.Count(cell.Scores.Remove));
            case RemoveScores remove:
                return new(Count: cell.Members().Where(member => remove.Minimum <= member.Score && member.Score <= remove.Maximum).ToArray().Count(member => cell.Scores.Remove(member.Member)));
            default:
                throw new InvalidOperationException($"Unknown operation {operation.GetType().Name}.");
        }
    }
}
