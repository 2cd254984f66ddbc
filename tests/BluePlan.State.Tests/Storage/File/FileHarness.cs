using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using Microsoft.Extensions.Time.Testing;

namespace BluePlan.State.Tests;

/// <summary>The file provider, in a directory that goes with the test.</summary>
public sealed class FileHarness : StateProviderHarness
{
    private readonly FakeTimeProvider _time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly string _root = Directory.CreateTempSubdirectory("blueplan-state-").FullName;
    private string _directory = "";
    private FileStateProvider? _provider;

    public override TimeProvider Time => _time;

    public override TimeSpan Tick => TimeSpan.FromMinutes(1);

    public override bool CanStepClock => true;

    public override void StepClock(TimeSpan by) => _time.AdjustTime(_time.GetUtcNow() + by);

    public override bool CanReopen => true;

    public override ValueTask<IStateProvider> CreateAsync()
    {
        _directory = Path.Combine(_root, Path.GetRandomFileName());
        return ReopenAsync();
    }

    public override async ValueTask<IStateProvider> ReopenAsync()
    {
        if (_provider is not null) await _provider.DisposeAsync();
        // Nothing is built while it is opened, so that every test which opens a store again also meets one that is not built yet.
        return _provider = new(new() { Directory = _directory, SmallBytes = 0 }, _time);
    }

    public override ValueTask<IStateProvider> LookAsync() => new(new FileStateProvider(new() { Directory = _directory }, _time));

    protected override ValueTask PassAsync(TimeSpan by)
    {
        _time.Advance(by);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_provider is not null) await _provider.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
