namespace BluePlan.State;

/// <summary>Conversations and their messages. Everything about one conversation happens atomically, however many hosts share the store. Thread-safe.</summary>
/// <remarks>
/// <para><b>Order</b> is the sequence alone: it rises without gaps as messages are appended, and is never given again while the conversation lives, also not after trimming or emptying it.</para>
/// <para><b>Turns.</b> A turn is a user message and everything after it up to the next one; a user message with tool results belongs to the turn of their call.</para>
/// <para><b>Maximum.</b> A conversation keeps <see cref="HistoryManagerOptions.MaximumMessages"/>. Beyond it whole turns go from the head, as soon as it is passed for every reader, and from the
/// store some appends later. The newest turn is never cut, however long. Pinned messages stay, and count. So do system
/// and developer messages: of those with the same content the newest, and no more than half of the maximum, the newest;
/// pin what must stay beyond that. So do calls and results that belong to a message which stays.</para>
/// <para><b>Tools.</b> A tool result is never appended, shown, or left without its call, and a request for approval
/// never trimmed without its answer. A result that lost its call in a failover is kept but not shown, and goes with the
/// next trimming. A call that never gets its result stays open; <see cref="MessageRange.Prompt"/> and
/// <see cref="MessageRange.WithoutOpenCalls"/> leave it out. What each range reads and removes with calls in it is said
/// at <see cref="MessageRange"/>.</para>
/// <para><b>Expiry.</b> With <see cref="HistoryManagerOptions.Timeout"/> a conversation expires so long after its last append, messages, head and all.</para>
/// <para><b>Conversation ids</b> are no secret: whoever lets a browser name one compares <see cref="Conversation.UserId"/>. An id that is garbage, deleted, expired or another tenant's
/// is absent: null, false, nothing, or <see cref="StateNotFoundException"/> where it says so. Null and empty are <see cref="ArgumentException"/>s.</para>
/// <para><b>User ids</b> are any well-formed text of 1 to 384 bytes in UTF-8, <b>titles</b> of 1 to 1,000 characters, else <see cref="ArgumentException"/>. One message takes at most 64 MiB, one append 128 MiB.</para>
/// <para><b>Exceptions of every member:</b> <see cref="StateUnavailableException"/> when the store cannot be reached, saying whether the change may have been made;
/// <see cref="StateCorruptionException"/> when what is stored cannot be read; <see cref="OperationCanceledException"/>, after which a change may have been made nevertheless.</para>
/// </remarks>
public interface IHistoryManager
{
    /// <summary>Creates a conversation. With an id of the host's own that the user has already, it returns that conversation as it is.</summary>
    /// <param name="userId">Whose conversation.</param>
    /// <param name="title">What it is called; null = nothing yet.</param>
    /// <param name="hostConversationId">Null = an id is minted. Else the conversation's id is <see cref="GetIdAsync"/> of the user and this: any well-formed text of 1 to 384 bytes in UTF-8.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">An id or the title breaks its rule.</exception>
    Task<Conversation> CreateAsync(string userId, string? title = null, string? hostConversationId = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the id of a conversation that was, or will be, created with an id of your own. It is always the same for
    /// the same tenant, user and id. Opens the store if necessary; reads nothing.
    /// </summary>
    /// <param name="userId">The conversation's user.</param>
    /// <param name="hostConversationId">Your own id. Two users may have the same.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <exception cref="ArgumentException">An id breaks its rule.</exception>
    ValueTask<string> GetIdAsync(string userId, string hostConversationId, CancellationToken cancellationToken = default);

    /// <summary>Reads a conversation's summary: one round trip, and its messages stay unread unless it is beyond its maximum at that moment.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when it is absent.</returns>
    Task<ConversationSummary?> GetAsync(string conversationId, CancellationToken cancellationToken = default);

    /// <summary>Lists a user's conversations, the last active first.</summary>
    /// <remarks>One that becomes active while a host pages moves to the front, so the later pages miss it. What is found expired is taken out of the listing, unless the store refuses to write.</remarks>
    /// <param name="userId">Whose conversations.</param>
    /// <param name="pageSize">The most conversations wanted, 1 to 1,000.</param>
    /// <param name="after"><see cref="StatePage{T}.Next"/> of the page before; null = the first page.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The user id breaks its rule, the page size is out of range, or <paramref name="after"/> is not what a page said.</exception>
    Task<StatePage<Conversation>> ListAsync(string userId, int pageSize = 50, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>Gives a conversation another title. Its place in the listing and its expiry stay.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="title">The title; null = none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False when it is absent.</returns>
    /// <exception cref="ArgumentException">The title breaks its rule.</exception>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    Task<bool> RenameAsync(string conversationId, string? title, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends messages in one commit, all or none, under consecutive sequences. Idempotent by <see cref="HistoryMessage.Id"/>: a message whose id the conversation keeps is not added again, and
    /// comes back as it is stored, so a host that gives ids may repeat a call whose outcome it does not know; with
    /// other content it is a conflict, but what was edited since comes back edited. Among concurrent appends each is
    /// whole, in some order.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="messages">At least one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The messages as stored, with id, sequence and time, in the order they were given.</returns>
    /// <exception cref="StateNotFoundException">There is no such conversation. Nothing was written.</exception>
    /// <exception cref="ArgumentException">There is no message, or one breaks a rule of <see cref="HistoryMessage"/>: the exception says which and why. Nothing was written.</exception>
    /// <exception cref="StateConflictException">
    /// A message with the same id and other content is kept, a tool result answers a call that is not kept, the
    /// sequences are used up, or others wrote and removed the same ids again and again. Nothing was written.
    /// </exception>
    Task<IReadOnlyList<HistoryMessage>> AppendAsync(string conversationId, IReadOnlyList<HistoryMessage> messages, CancellationToken cancellationToken = default);

    /// <summary>Reads messages, the oldest first.</summary>
    /// <remarks>
    /// With a maximum of up to 512 messages it is one round trip and one instant. With a larger one, or none, only the messages from the range to the newest one are read, in several steps when
    /// needed, and what is removed in between may be missing; but a conversation that is beyond its maximum at that moment is read whole.
    /// </remarks>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="range">Which ones; see <see cref="MessageRange"/> for what it means with tool calls.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Nothing when there is none, or no such conversation.</returns>
    /// <exception cref="ArgumentException">The range's role is empty.</exception>
    Task<IReadOnlyList<HistoryMessage>> ReadAsync(string conversationId, MessageRange range = default, CancellationToken cancellationToken = default);

    /// <summary>Finds the messages of a conversation that have a text, the newest first, reading as the caller goes.</summary>
    /// <remarks>
    /// Looked at are <see cref="HistoryMessage.Text"/> and the texts of tool results, whole, without case in any script: Unicode compatibility composition (NFKC) and comparison of code
    /// points without case, where ß is ss and the Turkish İ and ı are i; accents count. No culture plays a part. Names, arguments of calls and <see cref="HistoryMessage.Parts"/> are not looked at.
    /// A process with <c>InvariantGlobalization</c>, as small container images have it, has no NFKC: there é in one character and in two, and full and half width, are different texts.
    /// </remarks>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="text">What to find, not empty.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The text is empty or not well-formed.</exception>
    IAsyncEnumerable<HistoryMatch> SearchAsync(string conversationId, string text, CancellationToken cancellationToken = default);

    /// <summary>Finds messages in all conversations of a user: the last active conversation first, in each the newest message first. Otherwise as <see cref="SearchAsync"/>.</summary>
    /// <param name="userId">Whose conversations.</param>
    /// <param name="text">What to find, not empty.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The user id breaks its rule, or the text is empty or not well-formed.</exception>
    IAsyncEnumerable<HistoryMatch> SearchUserAsync(string userId, string text, CancellationToken cancellationToken = default);

    /// <summary>Changes a message in its place. Concurrent edits all survive: each runs on what the one before it left. An edit that changes nothing writes nothing.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="sequence">Which message.</param>
    /// <param name="edit">
    /// From the message there is to what it becomes, for instance <c>m => m with { Text = "…" }</c>. Role, id, sequence and which calls it answers stay; a call that has its result stays.
    /// It runs again whenever somebody else wrote in between, so it should do nothing else. What it throws reaches the caller, and nothing is written.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The message as stored, with <see cref="HistoryMessage.EditedAt"/>; null when there is no such message, or conversation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is below 1.</exception>
    /// <exception cref="InvalidOperationException">The edit changes what stays, breaks a rule of <see cref="HistoryMessage"/>, or returns null. Nothing was written.</exception>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    Task<HistoryMessage?> EditAsync(string conversationId, long sequence, Func<HistoryMessage, HistoryMessage> edit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes messages, in one commit. <see cref="MessageRange.LastTurn"/> pops the last turn, <see cref="MessageRange.After(long)"/> truncates, <see cref="MessageRange.All"/> empties the
    /// conversation, which lives on. Also pinned and system messages go when they are in the range. No two calls return the same message.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="range">Which ones, exactly; a call takes its results with it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What was removed, the oldest first; nothing when there was none, or no such conversation.</returns>
    /// <exception cref="ArgumentException">The range's role is empty.</exception>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    Task<IReadOnlyList<HistoryMessage>> RemoveAsync(string conversationId, MessageRange range, CancellationToken cancellationToken = default);

    /// <summary>Copies a conversation up to and with a message into a new one of the same user: messages keep their sequences and ids, and both go on apart. Nobody sees a part of the copy.</summary>
    /// <remarks>It copies what that moment had: a call whose result came after <paramref name="lastSequence"/> is open in the copy.</remarks>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="lastSequence">The last message to copy; it need not be there. 0 = none.</param>
    /// <param name="title">The copy's title; null = that of the conversation.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateNotFoundException">There is no such conversation.</exception>
    /// <exception cref="ArgumentException">The sequence is negative, or the title breaks its rule.</exception>
    Task<Conversation> ForkAsync(string conversationId, long lastSequence, string? title = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a conversation with its messages. One created again under the same id begins at sequence 1.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False when it was absent.</returns>
    Task<bool> DeleteAsync(string conversationId, CancellationToken cancellationToken = default);

    /// <summary>Deletes every conversation of a user, of this user alone, in steps of a hundred.</summary>
    /// <param name="userId">Whose conversations.</param>
    /// <param name="cancellationToken">Cancels; some may be deleted already.</param>
    /// <returns>How many were deleted.</returns>
    Task<int> DeleteAllAsync(string userId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a conversation as JSON lines, in UTF-8, in the message format of OpenAI's chat completions, which other
    /// programs read. What that has no word for stands in each line's object <c>blueplan_state</c>, so that
    /// <see cref="ImportAsync"/> gives the same conversation again: title, ids, times and sequences included.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="destination">Where to; it is flushed and stays open. After a failure it may hold a part.</param>
    /// <param name="options">The settings. If <c>null</c>, the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateNotFoundException">There is no such conversation. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">A plain training example is wanted of a conversation without an
    /// assistant message. Nothing was written.</exception>
    Task ExportAsync(string conversationId, Stream destination, HistoryExportOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Creates conversations from JSON lines as <see cref="ExportAsync"/> writes them, or as OpenAI's chat
    /// completions and fine-tuning have them.</summary>
    /// <remarks>
    /// <para>Lines that are messages are one conversation; each training example, <c>{"messages":[…]}</c>, is one. The
    /// whole file is read and checked before anything is written, and is in memory for a while. A conversation is
    /// created whole or not at all; when the store fails between two conversations, those before are there.</para>
    /// <para>A file says what it has in its own way, and gets it back: members that are not known are kept in
    /// <see cref="HistoryMessage.AdditionalProperties"/>, <see cref="ToolCall.AdditionalProperties"/> and
    /// <see cref="Conversation.AdditionalProperties"/>, content parts in <see cref="HistoryMessage.Parts"/> and
    /// <see cref="ToolResult.Parts"/>, of which the texts are also the message's text. Ids are minted and sequences
    /// given where a file has none. What else was changed, and what was left out, the result says.</para>
    /// <para>A conversation is found again by <see cref="ConversationOptions.HostConversationId"/>, else by the id of
    /// the app, or of the conversation, that the file names: one that exists is left as it is. Without any of them each
    /// import creates a new conversation.</para>
    /// </remarks>
    /// <param name="userId">Whose conversations they become.</param>
    /// <param name="source">Where from: UTF-8, with or without a byte order mark, blank lines allowed. It stays open.
    /// An empty one is a conversation without messages.</param>
    /// <param name="options">The settings. If <c>null</c>, the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The conversations, and what was changed or left out.</returns>
    /// <exception cref="InvalidDataException">A line cannot be kept: the exception says which and why. Nothing was written.</exception>
    /// <exception cref="ArgumentException">The user id, the title or the app's id breaks its rule.</exception>
    /// <exception cref="StateConflictException">
    /// Others created and deleted the same conversation meanwhile, or another import of it took the place of this one
    /// and has not ended: import again, and the result says whether it exists.
    /// </exception>
    Task<HistoryImportResult> ImportAsync(string userId, Stream source, ConversationOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes expired conversations out of the listings. Nobody needs it to be safe, since an expired conversation is absent everywhere at once; it gives the space back. Hosted
    /// maintenance calls it.
    /// </summary>
    /// <param name="cancellationToken">Cancels between two steps.</param>
    /// <returns>How many were taken out, not counting those that a listing took out before: of this tenant or, for the default tenant, of all tenants.</returns>
    Task<int> CleanupAsync(CancellationToken cancellationToken = default);
}
