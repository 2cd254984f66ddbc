namespace BluePlan.State.Storage;

/// <summary>Adds a bound's counters up, in the order of its fields.</summary>
internal static class CounterSum
{
    /// <summary>The sum; null = it cannot be told, since a field holds bytes or the sum passes ±(2^53 − 1) on the way.</summary>
    public static long? Of(StoredMap? map, in CounterBound bound)
    {
        var sum = 0L;
        for (var i = 0; map is not null && i < bound.Fields.Count; i++)
        {
            if (!map.TryGet(bound.Fields[i], out var value)) continue;
            if (!value.IsCounters) return null;
            if (bound.Counter < value.Counters.Length) sum += value.Counters.Span[bound.Counter];
            if (sum is < -StateLimits.MaximumNumber or > StateLimits.MaximumNumber) return null;
        }
        return sum;
    }

    /// <exception cref="InvalidOperationException">A field holds bytes.</exception>
    /// <exception cref="OverflowException">The sum passes ±(2^53 − 1) on the way.</exception>
    public static void Check(StoredMap? map, IncrementWithin within)
    {
        for (var i = 0; i < within.Bounds.Count; i++)
        {
            var bound = within.Bounds[i];
            if (within.AddedTo(bound) <= 0 || Of(map, bound) is not null) continue;
            for (var field = 0; field < bound.Fields.Count; field++)
                if (map!.TryGet(bound.Fields[field], out var value) && !value.IsCounters) throw new InvalidOperationException($"A field of {within.Key.Type} that a bound adds up holds bytes. Nothing was written.");
            throw new OverflowException($"The sum of a bound of {within.Key.Type} would pass ±(2^53 − 1). Nothing was written.");
        }
    }
}
