using BluePlan.State.Storage;

namespace BluePlan.State.Redis;

/// <summary>
/// Answers a question of any shape by one command or script, and several documents of a partition by one script.
/// </summary>
internal sealed class RedisReads
{
    private readonly DocumentReads _documents;
    private readonly DocumentGroups _groups;
    private readonly MapReads _maps;
    private readonly LogReads _logs;
    private readonly IndexReads _indexes;
    private readonly PageReads _pages;

    public RedisReads(RedisConnection connection, RedisKeys keys, ServerClock clock)
    {
        (_documents, _maps, _logs, _indexes) = (new(connection, keys, clock), new(connection, keys), new(connection, keys), new(connection, keys));
        _groups = new(connection, keys, _documents);
        _pages = new(connection, keys, _indexes, _groups);
    }

    /// <summary>Whether it can be answered.</summary>
    public static bool Knows(StateRead read) => read is DocumentRead or MapRead or LogRead or TailRead or IndexRead or PageRead or UnionRead;

    /// <summary>Answers; null when the key is absent or expired.</summary>
    /// <param name="read">The question.</param>
    public ValueTask<StateContent?> ReadAsync(StateRead read) => read switch
    {
        DocumentRead document => _documents.ReadAsync(document),
        MapRead map => _maps.ReadAsync(map),
        LogRead log => _logs.ReadAsync(log),
        TailRead tail => _logs.ReadAsync(tail),
        IndexRead index => _indexes.ReadAsync(index),
        PageRead page => _pages.ReadAsync(page),
        UnionRead union => _indexes.ReadAsync(union),
        _ => throw new InvalidOperationException($"Unknown read {read.GetType().Name}."),
    };

    /// <summary>Answers several questions, all sent before any is awaited.</summary>
    /// <param name="reads">The questions.</param>
    public async ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads)
    {
        // The list is the caller's again when the call is cancelled.
        StateRead[] own = [.. reads];
        var answers = new StateContent?[own.Length];
        var pending = new List<Task>(own.Length);
        var documents = new Dictionary<int, List<int>>();
        for (var i = 0; i < own.Length; i++)
        {
            if (own[i] is not DocumentRead) pending.Add(ReadAsync(own, i, answers));
            else if (documents.TryGetValue(own[i].Key.Partition, out var places)) places.Add(i);
            else documents.Add(own[i].Key.Partition, [i]);
        }
        foreach (var places in documents.Values) pending.Add(places is [var alone] ? ReadAsync(own, alone, answers) : _groups.ReadAsync(own, places, answers));
        await Task.WhenAll(pending).ConfigureAwait(false);
        return answers;
    }

    private async Task ReadAsync(StateRead[] reads, int place, StateContent?[] answers) => answers[place] = await ReadAsync(reads[place]).ConfigureAwait(false);
}
