using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace BluePlan.State;

/// <summary>The notes of one store, shared by the managers of all tenants, since those come and go with every request. Ids differ between tenants, so one table does.</summary>
internal sealed class ConversationNotes
{
    private const int Most = 16_384;

    // Marks hold the ids of all messages of a conversation, so those of fewer conversations are kept.
    private const int MostMarked = 2_048;
    private static readonly ConditionalWeakTable<StateStorage, ConversationNotes> Stores = [];

    private readonly ConcurrentDictionary<string, ConversationNote> _notes = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ConversationNote> _marked = new();

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

    /// <summary>Notes what is known of all messages of a conversation; those that were marked first are forgotten when there are too many.</summary>
    public void Mark(ConversationNote note, MessageMarks? marks)
    {
        note.Mark(marks);
        if (marks is null || !note.TryKeep()) return;
        _marked.Enqueue(note);
        if (_marked.Count > MostMarked && _marked.TryDequeue(out var oldest)) oldest.Drop();
    }

    public void Remove(string conversationId) => _notes.TryRemove(conversationId, out _);
}
