using System.Threading.Channels;

namespace BluePlan.State.Benchmarks;

/// <summary>SQLite behind one writer that puts all that waits into one transaction: what a host can build around it.</summary>
internal sealed class SqliteBatched(string directory) : IContestant
{
    private readonly Channel<Pending> _waiting = Channel.CreateUnbounded<Pending>(new() { SingleReader = true });
    private SqliteTable _table = null!;
    private Task _writer = Task.CompletedTask;

    public string Name => "SQLite, batched by one writer";

    public string Configuration => SqliteTable.Configuration + "; one writer thread, a transaction for all that waits";

    public ValueTask OpenAsync()
    {
        _table = new(Path.Combine(directory, "batched.sqlite"));
        _writer = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return ValueTask.CompletedTask;
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        var pending = new Pending(FileKeys.Of(number), Texts.Value(number), new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Writer.TryWrite(pending);
        await pending.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.Complete();
        await _writer;
        _table.Dispose();
    }

    private void Write()
    {
        var batch = new List<Pending>();
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            using (var transaction = _table.Begin())
            {
                while (_waiting.Reader.TryRead(out var pending))
                {
                    _table.Put(pending.Key, pending.Value, transaction);
                    batch.Add(pending);
                }
                transaction.Commit();
            }
            foreach (var pending in batch) pending.Done.SetResult();
            batch.Clear();
        }
    }

    private sealed record Pending(string Key, byte[] Value, TaskCompletionSource Done);
}
