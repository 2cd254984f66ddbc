using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace BluePlan.State.Storage;

/// <summary>All fields of a map as of one instant, as they are handed out: a view of the frozen tree, so reading a whole map copies nothing.</summary>
internal sealed class FrozenMap(TreeView<MapField, ByName> fields) : IReadOnlyDictionary<string, MapValue>
{
    public int Count => fields.Count;

    public IEnumerable<string> Keys => fields.All().Select(static f => f.Name);

    public IEnumerable<MapValue> Values => fields.All().Select(static f => f.Value);

    public MapValue this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException("The map has no such field.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out MapValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        var found = fields.TryGet(new(key, default), out var field);
        value = field.Value;
        return found;
    }

    public IEnumerator<KeyValuePair<string, MapValue>> GetEnumerator() => fields.All().Select(static f => KeyValuePair.Create(f.Name, f.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
