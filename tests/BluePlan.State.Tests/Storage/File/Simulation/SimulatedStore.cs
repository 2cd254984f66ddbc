using BluePlan.State.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace BluePlan.State.Tests;

/// <summary>A file store on a <see cref="SimulatedDisk"/>, and a run of commits, checkpoints, imports and passing time on it.</summary>
internal sealed class SimulatedStore(SimulatedDisk disk, FakeTimeProvider time, Random random, CommitHistory history, FileDurability durability = FileDurability.Always) : IAsyncDisposable
{
    // Named as a user's home may be.
    public static readonly string Directory = Path.GetFullPath("/simulated/ann@example.com/store");

    private readonly CommitDraw _draw = new(random);

    public FileStateProvider Provider { get; } = Make(disk, time, durability);

    /// <summary>How many checkpoints have failed. Nothing is lost by that, and the run goes on.</summary>
    public int FailedCheckpoints { get; private set; }

    public static DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static FileStateProvider Make(SimulatedDisk disk, TimeProvider time, FileDurability durability = FileDurability.Always, ILogger? logger = null) =>
        new(new() { Directory = Directory, Durability = durability, SegmentBytes = 4096, OwnerTimeout = TimeSpan.Zero }, time, logger, disk);

    public Task OpenAsync() => Provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None).AsTask();

    /// <summary>One step, a few of which are checkpoints, imports, or several commits at once.</summary>
    public async Task StepAsync()
    {
        switch (random.Next(12))
        {
            case 0:
                await CheckpointAsync();
                break;
            case 1:
                time.Advance(TimeSpan.FromSeconds(random.Next(10)));
                break;
            case 2:
                await ReplaceAsync();
                break;
            case 3 or 4:
                await CommitAsync(random.Next(2, 6));
                break;
            default:
                await CommitAsync(1);
                break;
        }
    }

    /// <summary>Asks for commits without waiting for the ones before, then waits for all.</summary>
    public async Task CommitAsync(int count)
    {
        // The provider would open a store anew that has failed, and write on without the commits that failed.
        var engine = Provider.Store.Engine;
        var commits = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            var commit = _draw.Next(time.GetUtcNow());
            await history.IssueAsync(commit);
            commits.Add(CommitAsync(engine, commit, history.Issued));
        }
        await Task.WhenAll(commits);
    }

    public ValueTask DisposeAsync() => Provider.DisposeAsync();

    private async Task CommitAsync(StateEngine engine, StateCommit commit, int step)
    {
        await engine.CommitAsync(commit, CancellationToken.None);
        history.Acknowledge(step);
    }

    private async Task CheckpointAsync()
    {
        try
        {
            await Provider.Store.CheckpointAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FailedCheckpoints++;
        }
    }

    private async Task ReplaceAsync()
    {
        var records = new List<StateRecord>();
        await foreach (var record in Provider.ExportAsync(CancellationToken.None))
            if (random.Next(3) > 0 || records.Count > 0 && record.Continues) records.Add(record);
        await history.IssueReplacementAsync(records);
        try
        {
            await Provider.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Replace, CancellationToken.None);
            history.Acknowledge(history.Issued);
        }
        catch (StateUnavailableException exception) when (!exception.MayHaveBeenWritten && Provider.Store.Journal.IsWritable)
        {
            await history.WithdrawAsync();
        }
    }
}
