namespace BluePlan.State;

/// <summary>
/// Messages of a conversation in order, from some message to the newest, of which none has a tool result without its call. The rules of what stays together live here, as pure
/// functions: what trimming leaves, what a range reads, what it removes.
/// </summary>
internal sealed class MessageThread
{
    // Null when no message has tool results, as in most conversations.
    private readonly List<ToolLink>? _links;

    private MessageThread(IReadOnlyList<HistoryMessage> messages, List<ToolLink>? links, bool isComplete) =>
        (Messages, _links, IsComplete) = (messages, links, isComplete);

    /// <summary>The messages.</summary>
    public IReadOnlyList<HistoryMessage> Messages { get; }

    /// <summary>Whether the oldest message of the conversation is there, so that nothing is missing.</summary>
    public bool IsComplete { get; }

    /// <summary>The thread of a whole conversation: without the messages that have a tool result whose call is not kept.</summary>
    public static MessageThread Whole(IReadOnlyList<HistoryMessage> messages)
    {
        var hidden = new bool[messages.Count];
        var links = ToolLink.Find(messages, hidden);
        return hidden.AsSpan().Contains(true) ? Whole([.. messages.Where((_, i) => !hidden[i])]) : new(messages, links, isComplete: true);
    }

    /// <summary>The thread of a conversation's newest messages: from the oldest on from which no result lacks its call, since whether that exists is not known here.</summary>
    public static MessageThread Newest(IReadOnlyList<HistoryMessage> messages)
    {
        var links = ToolLink.Find(messages);
        var start = 0;
        foreach (var link in links ?? [])
            if (link.Call < start && start <= link.Result) start = link.Result + 1;
        return start == 0 ? new(messages, links, isComplete: false) : Newest([.. messages.Skip(start)]);
    }

    /// <summary>
    /// What trimming leaves: whole turns go from the head until at most so many messages are left. The newest turn
    /// stays, however long; so does what <see cref="Instructions"/> names, and whatever belongs by a tool call or an
    /// approval to something that stays. A message before the first turn counts as a turn.
    /// </summary>
    /// <param name="maximum">The most messages, at least 1; null = no limit.</param>
    public MessageThread Trim(int? maximum)
    {
        if (maximum is not { } limit || Messages.Count <= limit) return this;

        var groups = Groups(ApprovalLink.Find(Messages));
        var staying = Instructions.Staying(Messages, limit);
        var (turn, turns) = (new int[Messages.Count], 0);
        var inTurn = false;
        for (var i = 0; i < turn.Length; i++)
        {
            inTurn |= Messages[i].BeginsTurn;
            if (!inTurn || Messages[i].BeginsTurn) turns++;
            turn[i] = turns - 1;
        }

        // A group stays as long as the last turn that it reaches into stays.
        var reach = new int[Messages.Count];
        for (var i = 0; i < turn.Length; i++)
        {
            var group = groups[i];
            reach[group] = staying[i] ? int.MaxValue : Math.Max(reach[group], turn[i]);
        }
        var leaving = new int[turns];
        for (var i = 0; i < turn.Length; i++)
            if (reach[groups[i]] < turns) leaving[reach[groups[i]]]++;

        var (first, left) = (0, Messages.Count);
        while (first < turns - 1 && left > limit) left -= leaving[first++];
        return Whole([.. Messages.Where((_, i) => reach[groups[i]] >= first)]);
    }

    /// <summary>Whether the messages that are here answer a range as the whole conversation would.</summary>
    public bool Suffices(MessageRange range) =>
        IsComplete
        || range.IsLastTurn && KnowsLastTurn()
        || range is { IsLastTurn: false, First: { } first } && Messages.Count > 0 && Messages[0].Sequence <= first
        || range is { FromEnd: true, Count: { } count } && Pick(range).Count(static picked => picked) >= count;

    /// <summary>What a range reads; see <see cref="MessageRange"/>.</summary>
    public IReadOnlyList<HistoryMessage> Read(MessageRange range)
    {
        var read = range.IsPrompt ? Prompt(range) : range with { WithoutOpenCalls = false } == MessageRange.All ? Messages : Cut(range);
        return range.WithoutOpenCalls ? OpenCalls.LeaveOut(read) : read;
    }

    /// <summary>What removing a range takes; see <see cref="MessageRange"/>.</summary>
    public IReadOnlyList<HistoryMessage> Removed(MessageRange range)
    {
        var picked = Pick(range);
        foreach (var link in _links ?? []) picked[link.Result] |= picked[link.Call];
        return List(picked);
    }

    /// <summary>Whether one of these calls of a message is answered.</summary>
    public bool IsAnswered(long sequence, IReadOnlyCollection<string> callIds) =>
        (_links ?? []).Any(link => Messages[link.Call].Sequence == sequence && Messages[link.Result].ToolResults.Any(r => callIds.Contains(r.CallId)));

    private List<HistoryMessage> Cut(MessageRange range)
    {
        var picked = Pick(range);
        var approvals = range.IsLastTurn ? ApprovalLink.Find(Messages) : null;
        if (_links is not null || approvals is not null)
        {
            if (range.Role is not null) AddCalls(picked);
            else if (range.FromEnd) GoByCall(picked);
            else Complete(picked, range.Count is not null, approvals);
        }
        return List(picked);
    }

    /// <summary>What a model is to see: instructions and pinned messages, and the newest turns, of which the last is
    /// whole.</summary>
    private List<HistoryMessage> Prompt(MessageRange range)
    {
        var staying = Instructions.Staying(Messages, null);
        var start = PromptStart(range.Count ?? int.MaxValue, staying);
        var groups = Groups();
        var stays = new bool[Messages.Count];
        for (var i = 0; i < stays.Length; i++) stays[groups[i]] |= staying[i];
        var picked = new bool[Messages.Count];
        for (var i = 0; i < picked.Length; i++)
        {
            // A result goes where its call goes, and comes with it when one of them is pinned.
            var root = groups[i];
            picked[i] = stays[root] || root >= start && (!Messages[i].IsInstruction || staying[i]);
            if (range.Role is not null && Messages[i].Role != range.Role) picked[i] = false;
        }
        if (range.Role is not null && _links is not null) AddCalls(picked);
        return List(picked);
    }

    /// <summary>The beginning of the oldest turn from which on there are at most so many messages beside those that
    /// stay; that of the last turn when this one alone has more.</summary>
    private int PromptStart(int count, bool[] staying)
    {
        var answers = (ApprovalLink.Find(Messages) ?? []).Select(static link => link.Result).ToHashSet();
        var (start, seen, fits) = (-1, 0, Messages.Count);
        for (var i = Messages.Count - 1; i >= 0 && (seen < count || start < 0); i--)
        {
            if (!staying[i] && !Messages[i].IsInstruction) seen++;
            if (seen <= count) fits = i;
            if (Messages[i].BeginsTurn && !answers.Contains(i) && (start < 0 || seen <= count)) start = i;
        }
        return start < 0 ? fits : start;
    }

    private bool[] Pick(MessageRange range)
    {
        var picked = new bool[Messages.Count];
        var (from, to) = (range.First ?? 0, range.Last ?? long.MaxValue);
        var start = range.IsLastTurn ? LastTurn() : 0;
        var left = range.Count ?? int.MaxValue;
        for (var n = 0; n < picked.Length - start && left > 0; n++)
        {
            var i = range.FromEnd ? picked.Length - 1 - n : start + n;
            var message = Messages[i];
            if (message.Sequence < from || message.Sequence > to || range.Role is not null && message.Role != range.Role) continue;
            picked[i] = true;
            left--;
        }
        return picked;
    }

    // Whether the last turn begins with the answer to an approval is known once a message before it tells which calls
    // are open.
    private bool KnowsLastTurn()
    {
        var start = LastTurn();
        return start < Messages.Count && !ApprovalLink.Concerns(Messages[start].Parts)
            && Messages.Take(start).Any(static m => m.ToolCalls.Count > 0 || m.Role == MessageRole.Assistant && m.ToolResults.Count == 0);
    }

    private int LastTurn()
    {
        var i = Messages.Count - 1;
        while (i >= 0 && !Messages[i].BeginsTurn) i--;
        return i < 0 ? Messages.Count : i;
    }

    private void AddCalls(bool[] picked)
    {
        for (var i = (_links?.Count ?? 0) - 1; i >= 0; i--) picked[_links![i].Call] |= picked[_links[i].Result];
    }

    private void GoByCall(bool[] picked)
    {
        var (groups, first) = (Groups(), Array.IndexOf(picked, true));
        if (first < 0) return;
        for (var i = 0; i < picked.Length; i++) picked[i] = picked[groups[i]];
        if (picked.AsSpan().Contains(true)) return;

        // All of them answer older calls, so the next older message that answers none comes instead, with what belongs to it.
        while (groups[first] != first) first--;
        for (var i = 0; i < picked.Length; i++) picked[i] = groups[i] == first;
    }

    private void Complete(bool[] picked, bool withoutGaps, List<ToolLink>? approvals)
    {
        var (groups, first) = (Groups(approvals), Array.IndexOf(picked, true));
        for (var last = -1; Array.LastIndexOf(picked, true) is var end && end > last; last = end)
        {
            if (withoutGaps) Array.Fill(picked, true, first, end - first + 1);
            var whole = new bool[picked.Length];
            for (var i = 0; i < picked.Length; i++) whole[groups[i]] |= picked[i];
            for (var i = 0; i < picked.Length; i++) picked[i] = whole[groups[i]];
            if (!withoutGaps) return;
        }
    }

    /// <summary>For each message the first one of those it belongs to by tool calls, and approvals when they are given;
    /// itself when it belongs to none.</summary>
    private int[] Groups(List<ToolLink>? approvals = null)
    {
        var groups = new int[Messages.Count];
        for (var i = 0; i < groups.Length; i++) groups[i] = i;
        foreach (var link in (_links ?? []).Concat(approvals ?? []))
        {
            var (a, b) = (Root(link.Call), Root(link.Result));
            groups[Math.Max(a, b)] = Math.Min(a, b);
        }
        for (var i = 0; i < groups.Length; i++) groups[i] = Root(i);
        return groups;

        int Root(int i)
        {
            while (groups[i] != i) i = groups[i] = groups[groups[i]];
            return i;
        }
    }

    private List<HistoryMessage> List(bool[] picked)
    {
        var messages = new List<HistoryMessage>();
        for (var i = 0; i < picked.Length; i++)
            if (picked[i]) messages.Add(Messages[i]);
        return messages;
    }
}
