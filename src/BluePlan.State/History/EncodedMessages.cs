using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Messages as log entries, on pooled memory that is given back when the commit has ended.</summary>
internal sealed class EncodedMessages : IDisposable
{
    private readonly PooledBuffer[] _buffers;

    /// <param name="messages">Complete messages.</param>
    /// <param name="keepSequences">Whether they keep their sequences, as copies do.</param>
    public EncodedMessages(IReadOnlyList<HistoryMessage> messages, bool keepSequences = false)
    {
        _buffers = new PooledBuffer[messages.Count];
        var entries = new LogAppend[messages.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            _buffers[i] = MessageCodec.Encode(messages[i]);
            entries[i] = new(_buffers[i].Written, messages[i].Id, keepSequences ? messages[i].Sequence : null);
        }
        Entries = entries;
    }

    public IReadOnlyList<LogAppend> Entries { get; }

    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer?.Dispose();
    }
}
