using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Where an encoded value is stored. Encoding and decoding both name it, so that an envelope can bind a value to its
/// place.
/// </summary>
/// <remarks>
/// A log's entry without an id is bound to its log alone: its sequence is assigned after it is encoded.
/// </remarks>
internal readonly record struct ValueLocation
{
    private ValueLocation(StateKey key, string? part, StateShape shape)
    {
        if (key.Shape != shape) throw new ArgumentException($"A value of shape {shape} cannot be stored under a key of shape {key.Shape}.", nameof(key));
        (Key, Part) = (key, part);
    }

    /// <summary>The key.</summary>
    public StateKey Key { get; }

    /// <summary>The id of the entry or the name of the field; <c>null</c> for a document or an entry without an id.</summary>
    public string? Part { get; }

    /// <summary>A document.</summary>
    public static ValueLocation Document(StateKey key) => new(key, null, StateShape.Document);

    /// <summary>An entry of a log.</summary>
    public static ValueLocation Entry(StateKey log, string? id) => new(log, id, StateShape.Log);

    /// <summary>A field of a map.</summary>
    public static ValueLocation Field(StateKey map, string name) => new(map, name, StateShape.Map);
}
