using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Adds what a listing of a backup names to the listing that is there, so that what was made since stays listed.</summary>
internal static class ListingUnion
{
    private const int CommitItems = 1024;

    /// <summary>Adds a record, which may be a part of a key. What both have gets the record's score or value; the later of the two expiries counts.</summary>
    public static async Task AddAsync(IStateProvider target, StateRecord record, CancellationToken cancellationToken)
    {
        var key = record.Key;
        StateRead head = key.Shape is StateShape.Map ? new MapRead(key, fields: []) : new IndexRead(key, limit: 0);
        var there = await target.ReadOneAsync(head, cancellationToken).ConfigureAwait(false);
        foreach (var operation in Operations(record))
        {
            StateOperation[] operations = there is null || Outlives(record.Content.Expiry, there.Expiry) ? [operation, new ExpireKey(key, record.Content.Expiry)] : [operation];
            await target.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool Outlives(StateExpiry expiry, StateExpiry other) => other.Instant is { } end && (expiry.Instant is not { } instant || instant > end);

    private static IEnumerable<StateOperation> Operations(StateRecord record) => record.Content switch
    {
        MapContent map => map.Fields.Chunk(CommitItems).Select(fields => new SetFields(record.Key, [.. fields.Select(static f => new MapField(f.Key, f.Value))])),
        IndexContent index => index.Members.Chunk(CommitItems).Select(members => new SetScores(record.Key, members)),
        _ => throw new InvalidOperationException($"A listing is a map or an index, not {record.Key.Shape}."),
    };
}
