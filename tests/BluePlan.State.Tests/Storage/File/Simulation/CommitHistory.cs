using BluePlan.State.Storage;
using Microsoft.Extensions.Time.Testing;

namespace BluePlan.State.Tests;

/// <summary>What was asked of a store, one step after the other: what it holds after each, and how many of them were acknowledged.</summary>
internal sealed class CommitHistory : IAsyncDisposable
{
    private readonly InMemoryStateProvider _model;
    private readonly List<ExactContents> _states = [];
    private readonly HashSet<int> _done = [];
    private readonly HashSet<StateETag> _tags = [];
    private List<StateRecord> _before = [];
    private volatile int _issued;
    private volatile int _acknowledged;

    private CommitHistory(FakeTimeProvider time) => _model = new(time);

    /// <summary>The last step that a store may show.</summary>
    public int Issued => _issued;

    /// <summary>The first step that a store may show.</summary>
    public int Acknowledged => _acknowledged;

    public static async Task<CommitHistory> BeginAsync(FakeTimeProvider time)
    {
        var history = new CommitHistory(time);
        await history._model.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        await history.AddAsync();
        return history;
    }

    /// <summary>A history that begins with what a store shows.</summary>
    public static async Task<CommitHistory> GoOnAsync(IStateProvider store, FakeTimeProvider time)
    {
        var history = new CommitHistory(time);
        await history._model.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
        await history._model.ImportAsync(store.ExportAsync(CancellationToken.None), StateImportMode.Replace, CancellationToken.None);
        await history.AddAsync();
        return history;
    }

    /// <summary>Notes a commit that is about to be asked for.</summary>
    public async Task IssueAsync(StateCommit commit)
    {
        _tags.Add(commit.ETag);
        await _model.CommitAsync(commit, CancellationToken.None);
        await AddAsync();
    }

    public async Task IssueReplacementAsync(IReadOnlyList<StateRecord> records)
    {
        _before = [];
        await foreach (var record in _model.ExportAsync(CancellationToken.None)) _before.Add(record);
        await _model.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Replace, CancellationToken.None);
        await AddAsync();
    }

    /// <summary>Takes the last replacement back, which has not been.</summary>
    public async Task WithdrawAsync()
    {
        await _model.ImportAsync(_before.ToAsyncEnumerable(), StateImportMode.Replace, CancellationToken.None);
        // The store still has the revisions that the model has lost by that.
        _tags.Clear();
        _states.RemoveAt(_issued--);
    }

    public void Acknowledge(int step)
    {
        lock (_done)
        {
            // One that changes nothing need not wait for those before it.
            _done.Add(step);
            while (_done.Contains(_acknowledged + 1)) _acknowledged++;
        }
    }

    /// <summary>The step that a store shows; null when it is none between two, with what is wrong.</summary>
    public int? Find(ExactContents contents, int from, int to, DateTimeOffset now, out string difference)
    {
        difference = "";
        for (var step = to; step >= from; step--)
            if (_states[step].Is(contents, now, _tags)) return step;
        var past = Enumerable.Range(0, _states.Count).Where(s => _states[s].Is(contents, now, _tags)).Select(static s => (int?)s).LastOrDefault();
        difference = $"The store must be as after one of the steps {from} to {to}, and is {(past is null ? $"as after none. Compared to step {to}, {_states[to].Difference(contents, now, _tags)}" : $"as after step {past}")}.";
        return null;
    }

    /// <summary>Whether each key of a store is as it was after one of the steps.</summary>
    public bool HoldsKeysOf(ExactContents contents, out string? invented)
    {
        invented = contents.LinesBy(_tags).Except(_states.SelectMany(s => s.LinesBy(_tags))).FirstOrDefault();
        return invented is null;
    }

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    private async Task AddAsync()
    {
        _states.Add(await ExactContents.OfAsync(_model));
        _issued = _states.Count - 1;
    }
}
