using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>Operations, reads and results as text, to print the steps of a generated run and to compare results.</summary>
internal static class ModelText
{
    public static StateRead Whole(StateKey key) => key.Shape switch
    {
        StateShape.Document => new DocumentRead(key),
        StateShape.Map => new MapRead(key),
        StateShape.Log => new LogRead(key),
        _ => new IndexRead(key),
    };

    public static string Of(CommitResult result) =>
        result.Conflict is { } conflict ? $"a conflict at {conflict.Operation} with '{conflict.ActualETag}', bound {conflict.Bound} leaving {conflict.Available}, and {result.Results.Count} results" : string.Join("; ", result.Results.Select(StatePicture.Of));

    public static string Of(StateOperation operation)
    {
        var key = StatePicture.Of(operation.Key);
        return operation switch
        {
            PutDocument put => $"Put {key} = {StatePicture.Of(new MapValue(put.Value))}, {Of(put.Expiry)}{Of(put.Condition)}",
            CheckKey check => $"Check {key}{Of(check.Condition)}",
            CheckEntries check => $"Check {key} {string.Join(", ", check.Entries.Select(static entry => $"{entry.Sequence} {entry.Id}"))}",
            CheckExpiry check => $"Check that {key} expires at {check.Instant:O}",
            ExpireKey expire => $"Expire {key} {Of(expire.Expiry)}{(expire.OnlyIfNone ? " only if none" : "")}",
            SetFields set => $"Set {key} {string.Join(", ", set.Fields.Select(static field => $"{field.Name} = {StatePicture.Of(field.Value)}"))}{(set.IfAbsent ? " if absent" : "")}",
            IncrementFields increment => $"Increment {key} {string.Join(", ", increment.Increments.Select(static by => $"{by.Name} += {StatePicture.Of(new MapValue(by.By))}"))}{(increment.ReturnValues ? " and answer" : "")}",
            IncrementWithin within => $"Increment {key} {string.Join(", ", within.Increments.Select(static by => $"{by.Name} += {StatePicture.Of(new MapValue(by.By))}"))} within {string.Join(", ", within.Bounds.Select(static bound => $"{string.Join(" + ", bound.Fields)} [{bound.Counter}] <= {bound.Maximum}"))}{(within.ReturnValues ? " and answer" : "")}",
            ReplaceField replace => $"Replace {key} {replace.Name} = {StatePicture.Of(replace.Value)} expecting {(replace.Expected is { } held ? StatePicture.Of(held) : "nothing")}",
            RaiseToken raise => $"Raise {key} {raise.Name} to {raise.Token}",
            RemoveFields remove => $"Remove {key} {string.Join(", ", remove.Fields)}",
            AppendEntries append => $"Append {key} {string.Join(", ", append.Entries.Select(static entry => $"{entry.Sequence} {entry.Id} = {StatePicture.Of(new MapValue(entry.Value))}"))} keeping {append.KeepLast}, at least {append.AtLeast}",
            ReplaceEntry replace => $"Replace {key} {replace.Sequence} = {StatePicture.Of(new MapValue(replace.Value))} expecting {(replace.Expected is { } expected ? StatePicture.Of(new MapValue(expected)) : "anything")}",
            RemoveEntries remove => $"Remove {key} {string.Join(", ", remove.Ranges.Select(static range => $"{range.First}–{range.Last}"))}",
            SetScores set => $"Set {key} {string.Join(", ", set.Members.Select(static member => $"{member.Member} = {member.Score}"))}{(set.OnlyRaise ? " only raising" : "")}",
            IncrementScores increment => $"Increment {key} {string.Join(", ", increment.Increments.Select(static member => $"{member.Member} += {member.Score}"))}",
            RemoveMembers remove => $"Remove {key} {string.Join(", ", remove.Members)}{(remove.OnlyIfAll ? " only if all" : "")}",
            RemoveScores remove => $"Remove {key} scores {remove.Minimum} to {remove.Maximum}",
            _ => $"{operation.GetType().Name} {key}",
        };
    }

    public static string Of(StateRead read)
    {
        var key = StatePicture.Of(read.Key);
        return read switch
        {
            DocumentRead document => $"{key} touch {(document.Touch is { } touch ? Of(touch) : "none")}{(document.HeadOnly ? " head only" : "")}",
            MapRead map => $"{key} fields {(map.Fields is null ? "all" : string.Join(", ", map.Fields))}",
            LogRead { Ids: { } ids } => $"{key} ids {string.Join(", ", ids)}",
            LogRead log => $"{key} {log.First} to {log.Last}, at most {log.Limit}{(log.FromEnd ? " from the end" : "")}",
            TailRead tail => $"{key} tail of {tail.Limit} behind {tail.Known.Revision} {tail.Known.LastSequence}",
            PageRead page => $"{key} page of {page.Limit}{(page.Descending ? " descending" : "")}, after {page.After}, with documents {page.IdPrefix}",
            IndexRead { Members: { } members } => $"{key} members {string.Join(", ", members)}",
            IndexRead index => $"{key} {index.Minimum} to {index.Maximum}, at most {index.Limit}{(index.Descending ? " descending" : "")}, after {index.After}",
            UnionRead union => $"union of {string.Join(" and ", union.Keys.Select(StatePicture.Of))}, at most {union.Limit}",
            _ => key,
        };
    }

    private static string Of(StateExpiry expiry) => StatePicture.Of(expiry, withInstants: true);

    private static string Of(StateCondition condition) => condition.Kind is StateConditionKind.None ? "" : $" {condition.Kind} {condition.ETag}";
}
