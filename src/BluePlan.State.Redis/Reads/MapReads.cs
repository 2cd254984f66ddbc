using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Reads maps by HGETALL or HMGET: the field with the empty name tells whether the map is there and when it expires.</summary>
internal sealed class MapReads(RedisConnection connection, RedisKeys keys)
{
    public async ValueTask<StateContent?> ReadAsync(MapRead read)
    {
        var key = keys.Of(read.Key);
        return read.Fields is null
            ? Show(read.Key, await connection.SendAsync(key, static (primary, key) => primary.FieldsAsync(key)).ConfigureAwait(false))
            : Show(read.Key, read.Fields, await connection.SendAsync((key, fields: (RedisValue[])["", .. read.Fields.Select(static f => (RedisValue)f)]), static (primary, a) => primary.FieldsAsync(a.key, a.fields)).ConfigureAwait(false));
    }

    public static MapContent? Show(StateKey key, HashEntry[] entries)
    {
        if (entries.Length == 0) return null;
        var fields = new Dictionary<string, MapValue>(entries.Length, StringComparer.Ordinal);
        var expiry = StateExpiry.Never;
        foreach (var entry in entries)
        {
            string name = entry.Name!;
            if (name.Length == 0) expiry = MapBytes.Expiry(key, entry.Value);
            else fields.Add(name, MapBytes.Read(key, entry.Value));
        }
        return new(fields) { Expiry = expiry };
    }

    private static MapContent? Show(StateKey key, IReadOnlyList<string> names, RedisValue[] values)
    {
        if (values[0].IsNull) return null;
        var fields = new Dictionary<string, MapValue>(names.Count, StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
            if (!values[i + 1].IsNull) fields.Add(names[i], MapBytes.Read(key, values[i + 1]));
        return new(fields) { Expiry = MapBytes.Expiry(key, values[0]) };
    }
}
