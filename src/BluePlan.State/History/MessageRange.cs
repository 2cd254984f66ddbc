namespace BluePlan.State;

/// <summary>Which messages of a conversation. The same word reads and removes; <c>default</c> is <see cref="All"/>.</summary>
/// <remarks>
/// <para><b>Reading never separates a tool result from its call.</b> What a range means when the one lies inside it and the other outside:</para>
/// <list type="bullet">
/// <item><see cref="Latest"/> and <see cref="Before"/>: a result goes where its call goes. A result whose call is older than the range is left out; the results of a call in the range
/// come with it, also from behind the range. So paging backwards, each page before the first message of the last, shows every message once, and the answer to Latest has at most
/// so many messages. If nothing but such results is in the range, it reaches back to the next message that is none, so that an answer is empty only at the beginning.</item>
/// <item><see cref="After(long)"/>, <see cref="After(long, int)"/>, <see cref="Only"/> and <see cref="LastTurn"/>: calls and results that belong together come whole when one of them is in the range.
/// So whoever follows a conversation misses no result, and may see a call again, by its sequence. After with a count goes on until no call in it waits for a result that is there.</item>
/// <item><see cref="Prompt"/>: a result goes where its call goes, and calls without a result are left out.</item>
/// <item>With <see cref="Role"/>: only messages of that role, but a result's call comes with it. Counts count messages of the role.</item>
/// </list>
/// <para><b>Approvals.</b> A user message that comes while a call is open, or whose parts answer a request for
/// approval, belongs to that request: it begins no <see cref="Prompt"/>, and reading <see cref="LastTurn"/> brings the
/// request with it.</para>
/// <para><b>Removing</b> takes exactly the range, and the results of every call in it. A result may go without its call, which is then as open as before its result came.</para>
/// </remarks>
public readonly record struct MessageRange
{
    /// <summary>The lowest sequence; null = from the oldest message.</summary>
    public long? First { get; private init; }

    /// <summary>The highest sequence; null = to the newest message.</summary>
    public long? Last { get; private init; }

    /// <summary>The most messages; null = all of the range.</summary>
    public int? Count { get; private init; }

    /// <summary>Whether <see cref="Count"/> keeps the newest of the range rather than the oldest.</summary>
    public bool FromEnd { get; private init; }

    /// <summary>Whether it is the last turn.</summary>
    public bool IsLastTurn { get; private init; }

    /// <summary>Whether it is the prompt for a model.</summary>
    public bool IsPrompt { get; private init; }

    /// <summary>
    /// Whether calls that have no result among the messages are left out, and with them messages that say nothing else.
    /// Models refuse a prompt with an open call. What is stored stays as it is.
    /// </summary>
    public bool WithoutOpenCalls { get; init; }

    /// <summary>Only messages of this role, for instance <c>MessageRange.Latest(20) with { Role = MessageRole.User }</c>; null = of every role.</summary>
    public string? Role { get; init; }

    /// <summary>Every message.</summary>
    public static MessageRange All => default;

    /// <summary>The last user message and everything after it; nothing when there is no user message. A user message with tool results does not begin a turn.</summary>
    public static MessageRange LastTurn => new() { IsLastTurn = true };

    /// <summary>One message, with the call or results that belong to it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static MessageRange Only(long sequence) => new() { First = Positive(sequence), Last = sequence };

    /// <summary>The newest so many messages.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static MessageRange Latest(int count) => new() { Count = (int)Positive(count), FromEnd = true };

    /// <summary>
    /// The prompt for a model: the system, developer and pinned messages, and the newest messages from the beginning of
    /// a turn on, without open calls. Of system or developer messages with the same content only the newest. It reads
    /// the whole conversation.
    /// </summary>
    /// <param name="count">The most messages beside the system, developer and pinned ones. The newest turn is whole,
    /// however long.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static MessageRange Prompt(int count) => new() { Count = (int)Positive(count), IsPrompt = true, WithoutOpenCalls = true };

    /// <summary>The newest so many messages before a sequence, which need not be there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is below 1.</exception>
    public static MessageRange Before(long sequence, int count) => new() { Last = Positive(sequence) - 1, Count = (int)Positive(count), FromEnd = true };

    /// <summary>Everything after a sequence, which need not be there; 0 = everything.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static MessageRange After(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        return new() { First = sequence == long.MaxValue ? sequence : sequence + 1 };
    }

    /// <summary>The oldest so many messages after a sequence, which need not be there; 0 = from the beginning.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is negative, or the count below 1.</exception>
    public static MessageRange After(long sequence, int count) => After(sequence) with { Count = (int)Positive(count) };

    private static long Positive(long number, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(number))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, name);
        return number;
    }
}
