namespace BluePlan.State;

/// <summary>
/// What this process knows of all messages of a conversation without their contents, so that trimming need not read them again: which begin a turn, and which stay. Known only while none calls a
/// tool or answers a call and at most one instructs the model, so that each stands for itself.
/// </summary>
/// <remarks>
/// It may be behind what others do, so it is believed only under the condition that <see cref="Head"/> is what it was, that each append finds the messages before it as they are here, and that the
/// messages to be removed have the ids that are noted here: a failover may have lost some of them, and others may have written other messages under their sequences.
/// Not safe for use by several threads at once.
/// </remarks>
internal sealed class MessageMarks
{
    private const int Most = 512;

    private readonly List<Mark> _marks;
    private bool _hasInstruction;

    private MessageMarks(StateETag head, int capacity) => (Head, _marks) = (head, new(capacity));

    /// <summary>The ETag of the conversation's head then. Who pins or removes messages writes the head anew.</summary>
    public StateETag Head { get; }

    /// <summary>The marks of all messages of a conversation, in order; null when they cannot be kept.</summary>
    /// <param name="head">The ETag of the head when the messages were read, or before.</param>
    /// <param name="messages">The messages.</param>
    public static MessageMarks? Of(StateETag head, IReadOnlyList<HistoryMessage> messages)
    {
        var marks = new MessageMarks(head, messages.Count + messages.Count / 4 + 2);
        return marks.TryAddRange(messages) ? marks : null;
    }

    /// <summary>Adds messages that were appended; false when something else happened in between, or they are of a kind that is not kept: then the marks are of no use any more.</summary>
    /// <param name="messages">The messages, with their sequences.</param>
    /// <param name="count">How many messages there are with them.</param>
    public bool TryAppend(IReadOnlyList<HistoryMessage> messages, long count) =>
        _marks.Count > 0 && messages[0].Sequence == _marks[^1].Sequence + 1 && count == _marks.Count + messages.Count && TryAddRange(messages);

    /// <summary>The messages as far as trimming looks at them.</summary>
    public List<HistoryMessage> ToMessages()
    {
        var messages = new List<HistoryMessage>(_marks.Count);
        foreach (var mark in _marks)
            messages.Add(new() { Role = mark.BeginsTurn ? MessageRole.User : MessageRole.Assistant, Pinned = mark.Stays, Sequence = mark.Sequence, Id = mark.Id });
        return messages;
    }

    private bool TryAddRange(IReadOnlyList<HistoryMessage> messages)
    {
        if (_marks.Count + messages.Count > Most) return false;
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.Id is null || message.ToolCalls.Count > 0 || message.ToolResults.Count > 0) return false;
            if (ApprovalLink.Concerns(message.Parts) || !message.Pinned && message.IsInstruction && _hasInstruction) return false;
            _hasInstruction |= !message.Pinned && message.IsInstruction;
            _marks.Add(new(message.Sequence, message.Id, message.BeginsTurn, message.Stays));
        }
        return true;
    }

    private readonly record struct Mark
    {
        private const long TurnFlag = 1;
        private const long StayFlag = 2;
        private const int FlagBits = 2;

        // A sequence, which has at most 53 bits, and two flags.
        private readonly long _bits;

        public Mark(long sequence, string id, bool beginsTurn, bool stays) =>
            (_bits, Id) = ((sequence << FlagBits) | (beginsTurn ? TurnFlag : 0) | (stays ? StayFlag : 0), id);

        public string Id { get; }

        public long Sequence => _bits >> FlagBits;

        public bool BeginsTurn => (_bits & TurnFlag) != 0;

        public bool Stays => (_bits & StayFlag) != 0;
    }
}
