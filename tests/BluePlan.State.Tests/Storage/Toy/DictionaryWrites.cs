using System.Collections.Immutable;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>What an operation makes of the content of its key, and what it answers. Null is an absent key, before and after.</summary>
internal static class DictionaryWrites
{
    public static bool Knows(StateOperation operation) => operation is CheckKey or CheckEntries or CheckExpiry or NotifyWatchers or DeleteKey or ExpireKey or PutDocument
        or SetFields or IncrementFields or IncrementWithin or ReplaceField or RemoveFields or RaiseToken or AppendEntries or ReplaceEntry or RemoveEntries or SetScores or IncrementScores or RemoveMembers or RemoveScores;

    public static (StateContent? Content, OperationResult Result) Apply(StateOperation operation, StateContent? was, StateETag etag, DateTimeOffset now)
    {
        switch (operation)
        {
            case CheckKey or CheckEntries or CheckExpiry or NotifyWatchers:
                return (was, default);
            case DeleteKey:
                return (null, new(Count: was is null ? 0 : 1));
            case ExpireKey expire:
                return was is null || (expire.OnlyIfNone && was.Expiry.Instant is not null) ? (was, default)
                    : (was with { Expiry = expire.Expiry.Resolve(now) }, new(Count: 1));
            case PutDocument put:
                var expiry = put.Expiry.Kind is StateExpiryKind.Keep ? was?.Expiry ?? StateExpiry.Never : put.Expiry.Resolve(now);
                return (new DocumentContent(put.Value.ToArray(), etag) { Expiry = expiry }, default);
            case SetFields or IncrementFields or IncrementWithin or ReplaceField or RemoveFields or RaiseToken:
                var (fields, mapResult) = Change(operation, Fields(was));
                return (fields.IsEmpty ? null : new MapContent(fields) { Expiry = was?.Expiry ?? default }, mapResult);
            case AppendEntries append:
                return Append(append, was as LogContent ?? new([], 0, 0) { Revision = etag }, etag);
            case ReplaceEntry replace when was is LogContent log:
                return (log with { Entries = [.. log.Entries.Select(entry => entry.Sequence == replace.Sequence ? entry with { Value = replace.Value.ToArray() } : entry)], Revision = etag }, default);
            case RemoveEntries remove when was is LogContent log:
                LogEntry[] kept = [.. log.Entries.Where(entry => !remove.Ranges.Any(range => entry.Sequence >= range.First && entry.Sequence <= range.Last))];
                return (log with { Entries = kept, Count = kept.Length, Revision = kept.Length < log.Count ? etag : log.Revision }, new(Count: log.Count - kept.Length));
            case RemoveEntries:
                return (null, default);
            case SetScores or IncrementScores or RemoveMembers or RemoveScores:
                var (scores, indexResult) = Change(operation, Scores(was));
                return (scores.IsEmpty ? null : new IndexContent([.. scores.Select(score => new IndexMember(score.Key, score.Value)).Order()], scores.Count) { Expiry = was?.Expiry ?? default }, indexResult);
            default:
                throw new InvalidOperationException($"Unknown operation {operation.GetType().Name}.");
        }
    }

    private static ImmutableDictionary<string, MapValue> Fields(StateContent? was) =>
        was is MapContent map ? (ImmutableDictionary<string, MapValue>)map.Fields : ImmutableDictionary.Create<string, MapValue>(StringComparer.Ordinal);

    private static ImmutableDictionary<string, long> Scores(StateContent? was) =>
        was is IndexContent index ? index.Members.ToImmutableDictionary(member => member.Member, member => member.Score, StringComparer.Ordinal)
        : ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    private static (ImmutableDictionary<string, MapValue> Fields, OperationResult Result) Change(StateOperation operation, ImmutableDictionary<string, MapValue> fields)
    {
        switch (operation)
        {
            case SetFields set:
                return (fields.SetItems(set.Fields.Select(field => KeyValuePair.Create(field.Name, Copy(field.Value)))), default);
            case IncrementFields increment:
                return Increment(fields, increment.Increments, increment.ReturnValues);
            case IncrementWithin within:
                if (within.Bounds.Where(bound => within.AddedTo(bound) > 0).Select(bound => Hindrance(new(fields), bound)).FirstOrDefault(static fault => fault is not null) is { } hindrance) throw hindrance;
                return Increment(fields, within.Increments, within.ReturnValues);
            case ReplaceField replace:
                return (fields.SetItem(replace.Name, Copy(replace.Value)), default);
            case RaiseToken raise:
                if (fields.TryGetValue(raise.Name, out var seen) && !seen.IsCounters) throw new InvalidOperationException("The field holds bytes, so it holds no token.");
                return (fields.SetItem(raise.Name, new(new[] { raise.Token })), default);
            case RemoveFields remove:
                return (fields.RemoveRange(remove.Fields), new(Count: remove.Fields.Count(fields.ContainsKey)));
            default:
                throw new InvalidOperationException($"Unknown operation {operation.GetType().Name}.");
        }
    }

    private static (ImmutableDictionary<string, MapValue> Fields, OperationResult Result) Increment(ImmutableDictionary<string, MapValue> fields, IReadOnlyList<MapIncrement> increments, bool returnValues)
    {
        ReadOnlyMemory<long>[] sums = [.. increments.Select(by => Add(by, fields.TryGetValue(by.Name, out var value) ? value : null))];
        return (fields.SetItems(increments.Zip(sums, (by, sum) => KeyValuePair.Create(by.Name, new MapValue(sum)))), new(Vectors: returnValues ? sums : null));
    }

    /// <summary>What hinders a bound from being added up; null = nothing.</summary>
    public static Exception? Hindrance(MapContent? map, CounterBound bound)
    {
        try
        {
            Sum(map, bound);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or OverflowException)
        {
            return exception;
        }
    }

    /// <summary>What a bound adds up.</summary>
    public static long Sum(MapContent? map, CounterBound bound) => bound.Fields.Aggregate(0L, (sum, name) => map is null || !map.Fields.TryGetValue(name, out var value) ? sum
        : !value.IsCounters ? throw new InvalidOperationException("The field holds bytes, so it cannot be added up.")
        : bound.Counter < value.Counters.Length ? Sum(sum, value.Counters.Span[bound.Counter]) : sum);

    private static (ImmutableDictionary<string, long> Scores, OperationResult Result) Change(StateOperation operation, ImmutableDictionary<string, long> scores)
    {
        switch (operation)
        {
            case SetScores set:
                var raised = set.Members.Where(member => !set.OnlyRaise || !scores.TryGetValue(member.Member, out var score) || score < member.Score);
                return (scores.SetItems(raised.Select(member => KeyValuePair.Create(member.Member, member.Score))), default);
            case IncrementScores increment:
                return (scores.SetItems(increment.Increments.Select(by => KeyValuePair.Create(by.Member, Sum(scores.GetValueOrDefault(by.Member), by.Score)))), default);
            case RemoveMembers remove:
                return (scores.RemoveRange(remove.Members), new(Count: remove.Members.Count(scores.ContainsKey)));
            case RemoveScores remove:
                string[] gone = [.. scores.Where(score => score.Value >= remove.Minimum && score.Value <= remove.Maximum).Select(score => score.Key)];
                return (scores.RemoveRange(gone), new(Count: gone.Length));
            default:
                throw new InvalidOperationException($"Unknown operation {operation.GetType().Name}.");
        }
    }

    private static (StateContent, OperationResult) Append(AppendEntries append, LogContent log, StateETag etag)
    {
        var entries = log.Entries.ToList();
        var last = Math.Max(log.LastSequence, (append.AtLeast ?? 1) - 1);
        foreach (var entry in append.Entries)
        {
            last = entry.Sequence ?? last + 1;
            if (last > StateLimits.MaximumNumber) throw new OverflowException($"The log {append.Key} has no sequence left.");
            entries.Add(new(last, entry.Value.ToArray(), entry.Id));
        }
        var first = entries[^append.Entries.Count].Sequence;
        var removed = Math.Max(0, entries.Count - append.KeepLast ?? 0);
        entries.RemoveRange(0, removed);
        return (log with { Revision = removed > 0 ? etag : log.Revision, Entries = [.. entries], LastSequence = last, Count = entries.Count }, new(Count: entries.Count, Value: first));
    }

    private static MapValue Copy(MapValue value) => value.IsCounters ? new(value.Counters.ToArray().AsMemory()) : new(value.Bytes.ToArray());

    private static ReadOnlyMemory<long> Add(MapIncrement increment, MapValue? was)
    {
        if (was is { IsCounters: false }) throw new InvalidOperationException("The field holds bytes, so nothing can be added to it.");
        var old = (was ?? default).Counters.Span;
        var sums = new long[Math.Max(old.Length, increment.By.Length)];
        for (var i = 0; i < sums.Length; i++) sums[i] = Sum(i < old.Length ? old[i] : 0, i < increment.By.Length ? increment.By.Span[i] : 0);
        return sums;
    }

    private static long Sum(long left, long right) =>
        left + right is >= -StateLimits.MaximumNumber and <= StateLimits.MaximumNumber and var sum ? sum
        : throw new OverflowException($"{left} + {right} passes ±(2^53 − 1).");
}
