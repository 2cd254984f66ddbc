using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace BluePlan.State;

/// <summary>The notes of one store, shared by the managers of all tenants, since those come and go with every request. Ids differ between tenants, so one table does.</summary>
internal sealed class ConversationNotes
{
    private const int Most = 16_384;
    private static readonly ConditionalWeakTable<StateStorage, ConversationNotes> Stores = [];

    private readonly ConcurrentDictionary<string, ConversationNote> _notes = new(StringComparer.Ordinal);

    public static ConversationNotes Of(StateStorage storage) => Stores.GetValue(storage, static _ => new());

    public ConversationNote? Find(string conversationId) => _notes.GetValueOrDefault(conversationId);

    /// <summary>Notes whose a conversation is. When the table is full it begins anew: what was noted can be read again.</summary>
    public ConversationNote Add(string conversationId, string userId, bool expires)
    {
        if (_notes.Count >= Most) _notes.Clear();
        var note = _notes.GetOrAdd(conversationId, static (_, userId) => new(userId), userId);
        note.Expires |= expires;
        return note;
    }

    public void Remove(string conversationId) => _notes.TryRemove(conversationId, out _);
}
