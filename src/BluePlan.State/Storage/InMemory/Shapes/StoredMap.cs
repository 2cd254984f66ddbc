namespace BluePlan.State.Storage;

/// <summary>A map in memory.</summary>
internal sealed class StoredMap(int epoch, OrderedTree<MapField, ByName> fields) : StoredKey(epoch)
{
    public StoredMap(int epoch) : this(epoch, new()) { }

    public OrderedTree<MapField, ByName> Fields => fields;

    public bool TryGet(string name, out MapValue value)
    {
        var found = fields.TryGet(new(name, default), out var field);
        value = field.Value;
        return found;
    }

    public override StoredKey Fork(int epoch) => new StoredMap(epoch, fields.Fork()) { Expiry = Expiry };
}
