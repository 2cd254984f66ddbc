using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>What this process knows of a conversation, so that an append needs no read: whose it is, which never changes, and hints about when to do more than append.</summary>
internal sealed class ConversationNote(string userId)
{
    private const int MostCalls = 64;

    private readonly Lock _marking = new();
    private int _trimAbove;
    private int _staying;
    private int _busy;
    private int _kept;
    private MessageMarks? _marks;
    private Dictionary<string, LogEntryId>? _calls;

    public string UserId => userId;

    /// <summary>Whether the conversation has, or may have, an end.</summary>
    public bool Expires { get; set; }

    /// <summary>Whether it is time to trim: the maximum, or what the last trimming had to leave when that was more, is passed by a quarter.</summary>
    /// <param name="count">How many messages there are.</param>
    /// <param name="maximum">How many there should be.</param>
    /// <param name="newTurn">Whether a turn begins, so that the one before, however long, may go now.</param>
    public bool IsLong(long count, int maximum, bool newTurn)
    {
        if (newTurn) Volatile.Write(ref _trimAbove, Volatile.Read(ref _staying));
        var least = Math.Max(maximum, Volatile.Read(ref _trimAbove));
        return count > least + Math.Max(1L, least / 4);
    }

    /// <summary>How many messages the last trimming had to leave, so that a long turn is not read again for every message, and how many of them stay for good.</summary>
    public void Left(int count, int staying) => (_trimAbove, _staying) = (count, staying);

    /// <summary>Messages were appended: their marks join those of the others, or nothing is known of them any more.</summary>
    /// <param name="messages">The messages, with their sequences.</param>
    /// <param name="count">How many messages there are with them.</param>
    public void Append(IReadOnlyList<HistoryMessage> messages, long count)
    {
        if (_marks is null) return;
        lock (_marking) if (_marks?.TryAppend(messages, count) is false) _marks = null;
    }

    /// <summary>What is known of all messages; null when it is to be read. Whoever takes it marks them anew.</summary>
    public MessageMarks? TakeMarks()
    {
        lock (_marking)
        {
            var marks = _marks;
            _marks = null;
            return marks;
        }
    }

    /// <summary>Notes what is known of all messages; null = nothing.</summary>
    public void Mark(MessageMarks? marks)
    {
        lock (_marking) _marks = marks;
    }

    /// <summary>Messages with these calls stand there, as far as this process knows.</summary>
    public void Know(IReadOnlyList<HistoryMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].ToolCalls.Count == 0 || messages[i].Id is not { } id) continue;
            lock (_marking)
            {
                _calls ??= new(StringComparer.Ordinal);
                if (_calls.Count + messages[i].ToolCalls.Count > MostCalls) _calls.Clear();
                foreach (var call in messages[i].ToolCalls) _calls[call.Id] = new(messages[i].Sequence, id);
            }
        }
    }

    /// <summary>Where a call stands, as far as this process knows.</summary>
    public LogEntryId? FindCall(string callId)
    {
        lock (_marking) return _calls is not null && _calls.TryGetValue(callId, out var entry) ? entry : null;
    }

    /// <summary>What was known of calls is wrong.</summary>
    public void ForgetCalls()
    {
        lock (_marking) _calls = null;
    }

    /// <summary>Whether it now stands among the conversations whose marks are kept, and did not before.</summary>
    public bool TryKeep() => Interlocked.Exchange(ref _kept, 1) == 0;

    /// <summary>Its marks are kept no longer.</summary>
    public void Drop()
    {
        Volatile.Write(ref _kept, 0);
        Mark(null);
    }

    /// <summary>Whether this caller is to trim; one at a time is enough.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _busy, 1) == 0;

    public void End() => Volatile.Write(ref _busy, 0);
}
