namespace BluePlan.State.Tests;

/// <summary>Collects, at each call that changes something on a disk, what a crash at that moment may leave: nothing of the unflushed, all of it, and several choices between.</summary>
internal sealed class CrashPoints(SimulatedDisk disk, CommitHistory history, TimeProvider time, Random random, int choices, string name)
{
    private readonly List<CrashPoint> _points = [];
    private int _calls;

    public void Collect() => disk.Probe = (call, path) =>
    {
        if (SimulatedDisk.Changes(call)) Add($"{name} call {++_calls}, {call} of {Path.GetFileName(path)}");
        return null;
    };

    /// <summary>What was collected, with the moment itself.</summary>
    public IReadOnlyList<CrashPoint> Complete()
    {
        disk.Probe = null;
        Add($"{name} end");
        return _points;
    }

    private void Add(string where)
    {
        var (issued, acknowledged) = (history.Issued, history.Acknowledged);
        for (var i = 0; i < choices; i++)
        {
            var choice = i switch { 0 => CrashChoice.Nothing, 1 => CrashChoice.Everything, _ => CrashChoice.Of(random) };
            _points.Add(new(disk.AfterCrash(choice, new(random.Next())), acknowledged, issued, time.GetUtcNow(), $"{where}, choice {i}"));
        }
    }
}
