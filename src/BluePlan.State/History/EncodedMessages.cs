using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Messages as log entries, on pooled memory that is given back when the commit has ended.</summary>
internal sealed class EncodedMessages : IDisposable
{
    private readonly PooledBuffers _buffers = new();

    /// <param name="codec">Encodes them.</param>
    /// <param name="log">The log that they are appended to.</param>
    /// <param name="messages">Complete messages.</param>
    /// <param name="keepSequences">Whether they keep their sequences, as copies do.</param>
    public EncodedMessages(StateCodec codec, StateKey log, IReadOnlyList<HistoryMessage> messages, bool keepSequences = false)
    {
        var entries = new LogAppend[messages.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var bytes = _buffers.Add(MessageCodec.Encode(codec, log, messages[i]));
            entries[i] = new(bytes, messages[i].Id, keepSequences ? messages[i].Sequence : null);
        }
        Entries = entries;
    }

    public IReadOnlyList<LogAppend> Entries { get; }

    public void Dispose() => _buffers.Dispose();
}
