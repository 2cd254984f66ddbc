using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>Whether an operation's condition holds for what its key holds now; null = the key is absent.</summary>
internal static class DictionaryConditions
{
    public static CommitConflict? Unmet(StateOperation operation, StateContent? now) =>
        operation is IncrementWithin within ? Unmet(within, now as MapContent)
        : AreMet(operation, now) ? null : new(0, ETag(now));

    private static CommitConflict? Unmet(IncrementWithin within, MapContent? map)
    {
        for (var i = 0; i < within.Bounds.Count; i++)
        {
            var bound = within.Bounds[i];
            if (within.AddedTo(bound) <= 0 || DictionaryWrites.Hindrance(map, bound) is not null) continue;
            var left = bound.Maximum - DictionaryWrites.Sum(map, bound);
            if (within.AddedTo(bound) > left) return new(0, default) { Bound = i, Available = left };
        }
        return null;
    }

    private static bool AreMet(StateOperation operation, StateContent? now) => operation switch
    {
        PutDocument put => put.Condition.IsMet(now is not null, ETag(now)),
        CheckKey check => check.Condition.IsMet(now is not null, ETag(now)),
        CheckEntries check => now is LogContent held && check.Entries.All(wanted => held.Entries.Any(entry => entry.Sequence == wanted.Sequence && entry.Id == wanted.Id)),
        CheckExpiry check => now is not null && check.IsMet(now.Expiry),
        SetFields { IfAbsent: true } set => now is not MapContent map || !set.Fields.Any(field => map.Fields.ContainsKey(field.Name)),
        ReplaceField replace => (now is MapContent held && held.Fields.TryGetValue(replace.Name, out var field) ? field : (MapValue?)null) == replace.Expected,
        RaiseToken raise => now is not MapContent fields || !fields.Fields.TryGetValue(raise.Name, out var seen) || !seen.IsCounters || seen.Counters.Span[0] <= raise.Token,
        AppendEntries append => IdsAreNew(append, now as LogContent) && SequencesRise(append, now as LogContent),
        ReplaceEntry replace => now is LogContent log && log.Entries.Any(entry => entry.Sequence == replace.Sequence
            && (replace.Expected is not { } expected || entry.Value.Span.SequenceEqual(expected.Span))),
        RemoveMembers { OnlyIfAll: true } remove => now is IndexContent index && remove.Members.All(name => index.Members.Any(member => member.Member == name)),
        _ => true,
    };

    private static StateETag ETag(StateContent? now) => now is DocumentContent document ? document.ETag : default;

    private static bool IdsAreNew(AppendEntries append, LogContent? log)
    {
        var ids = append.Entries.Where(entry => entry.Id is not null).Select(entry => entry.Id!).ToHashSet(StringComparer.Ordinal);
        return ids.Count == 0 || log is null || !log.Entries.Any(entry => entry.Id is not null && ids.Contains(entry.Id));
    }

    private static bool SequencesRise(AppendEntries append, LogContent? log)
    {
        var last = log?.LastSequence ?? 0;
        foreach (var entry in append.Entries)
        {
            if (entry.Sequence <= last) return false;
            last = entry.Sequence ?? last + 1;
        }
        return true;
    }
}
