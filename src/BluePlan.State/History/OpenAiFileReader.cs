using System.Text.Json;

namespace BluePlan.State;

/// <summary>Reads the conversations of a file; see <see cref="OpenAiFormat"/>. Takes files of other makers too: what
/// can be taken only when it is changed is changed and reported.</summary>
internal sealed class OpenAiFileReader(DateTimeOffset now)
{
    private readonly List<ImportedConversation> _conversations = [];
    private OpenAiMessageReader? _messages;

    /// <summary>What was changed.</summary>
    public List<HistoryImportChange> Changes { get; } = [];

    /// <summary>All conversations of a stream. Lines that are messages are one conversation; so is each training
    /// example.</summary>
    /// <exception cref="InvalidDataException">A line cannot be kept; the message says which and why.</exception>
    public async Task<List<ImportedConversation>> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        await foreach (var (number, line) in JsonLines.ReadAsync(source, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                Read(number, line);
            }
            catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or FormatException)
            {
                throw Unreadable(number, exception);
            }
        }
        _messages?.End();
        return _conversations;
    }

    // What System.Text.Json says of a text that is not JSON quotes the text, so only the place is told.
    private static InvalidDataException Unreadable(int number, Exception exception) => exception switch
    {
        InvalidDataException => new($"Line {number}: {exception.Message}", exception),
        JsonException json => new($"Line {number}: it is not readable JSON in UTF-8, or nests deeper than {OpenAiFormat.ReaderOptions.MaxDepth} levels, at its byte {json.BytePositionInLine + 1}."),
        _ => new($"Line {number}: it is not readable JSON in UTF-8: {exception.Message}", exception),
    };

    private void Read(int number, ReadOnlyMemory<byte> line)
    {
        if (BrokenCharacters.Repair(line.Span) is { } repaired)
        {
            line = repaired;
            Changes.Add(new(number, HistoryImportChangeKind.TextRepaired));
        }
        using var json = JsonDocument.Parse(line, OpenAiFormat.ReaderOptions);
        var root = json.RootElement;
        if (root.ValueKind is not JsonValueKind.Object) throw new InvalidDataException("it is not a JSON object.");
        if (FileMember.Repeats(root)) Changes.Add(new(number, HistoryImportChangeKind.MemberRepeated));
        var extension = FileMember.Property(root, OpenAiFormat.Extension, JsonValueKind.Object);
        var facts = extension is { } own ? FileMember.Property(own, "conversation", JsonValueKind.Object) : null;
        if (Example(root) is { } example)
        {
            _messages?.End();
            _messages = null;
            var conversation = Begin(number, facts);
            conversation.Members = Checked(example.Members);
            var messages = new OpenAiMessageReader(conversation, now, Changes);
            foreach (var message in example.Messages.EnumerateArray())
            {
                if (message.ValueKind is not JsonValueKind.Object) throw new InvalidDataException("one of its messages is not a JSON object.");
                messages.Read(number, message, FileMember.Property(message, OpenAiFormat.Extension, JsonValueKind.Object));
            }
            messages.End();
            return;
        }
        // Files that were put behind each other are several conversations.
        if (_messages is null || facts is not null)
        {
            _messages?.End();
            _messages = new(Begin(number, facts), now, Changes);
        }
        _messages.Read(number, root, extension);
    }

    /// <summary>The messages of a training example, and its other members.</summary>
    private static (JsonElement Messages, IReadOnlyDictionary<string, JsonElement> Members)? Example(JsonElement root)
    {
        if (root.TryGetProperty("role", out _)) return null;
        if (root.TryGetProperty("messages", out var messages) && messages.ValueKind is JsonValueKind.Array) return (messages, JsonMembers.Unknown(root, "messages", OpenAiFormat.Extension));
        // Preference examples have the messages in the input, and two answers beside it.
        return root.TryGetProperty("input", out var input) && input.ValueKind is JsonValueKind.Object && input.TryGetProperty("messages", out messages) && messages.ValueKind is JsonValueKind.Array
            ? (messages, JsonMembers.Unknown(root, OpenAiFormat.Extension)) : null;
    }

    private ImportedConversation Begin(int number, JsonElement? facts)
    {
        var conversation = new ImportedConversation(number);
        _conversations.Add(conversation);
        if (facts is not { } own) return conversation;
        conversation.Id = FileMember.Text(own, "id");
        conversation.HostId = FileMember.Text(own, "host_id");
        conversation.Title = FileMember.Text(own, "title");
        conversation.CreatedAt = FileMember.Instant(own, "created_at");
        if (FileMember.Property(own, "members", JsonValueKind.Object) is { } members) conversation.Members = Checked(JsonMembers.Unknown(members));
        return conversation;
    }

    private static IReadOnlyDictionary<string, JsonElement> Checked(IReadOnlyDictionary<string, JsonElement> members) =>
        MessageRules.FaultOfConversation(members) is { } fault ? throw new InvalidDataException(fault) : members;
}
