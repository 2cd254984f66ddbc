using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StateStorageTests
{
    private static readonly DocumentRead Read = new(new(0, StateShape.Document, "test", "a"));
    private readonly OpeningProvider _provider = new();

    [Test]
    public async Task ReadAsync_ManyCallersWhileOpeningFails_ShareOneAttempt()
    {
        await using var storage = new StateStorage(_provider, new StateOpenOptions { PartitionCount = 4 });
        var callers = Enumerable.Range(0, 8).Select(_ => storage.ReadAsync(Read, default).AsTask()).ToArray();
        await _provider.Opening;

        _provider.Opened.SetException(new StateUnavailableException("It is down.", mayHaveBeenWritten: false));

        foreach (var caller in callers) await FluentActions.Awaiting(() => caller).Should().ThrowAsync<StateUnavailableException>();
        _provider.Attempts.Should().Be(1);
    }

    [Test]
    public async Task ReadAsync_AfterAFailedOpening_TriesAgain()
    {
        await using var storage = new StateStorage(_provider, new StateOpenOptions { PartitionCount = 4 });
        _provider.Opened.SetException(new StateUnavailableException("It is down.", mayHaveBeenWritten: false));
        await storage.Awaiting(s => s.ReadAsync(Read, default).AsTask()).Should().ThrowAsync<StateUnavailableException>();
        _provider.Opened = new();
        _provider.Opened.SetResult();

        (await storage.ReadAsync(Read, default)).Should().BeNull();
        (await storage.ReadAsync(Read, default)).Should().BeNull();

        _provider.Attempts.Should().Be(2);
    }

    [Test]
    public async Task ReadAsync_OneCallerCancelsWhileOpening_TheOthersGoOn()
    {
        await using var storage = new StateStorage(_provider, new StateOpenOptions { PartitionCount = 4 });
        using var impatience = new CancellationTokenSource();
        var impatient = storage.ReadAsync(Read, impatience.Token).AsTask();
        var patient = storage.ReadAsync(Read, default).AsTask();
        await _provider.Opening;

        await impatience.CancelAsync();
        await FluentActions.Awaiting(() => impatient).Should().ThrowAsync<OperationCanceledException>();
        _provider.Opened.SetResult();

        (await patient).Should().BeNull();
        _provider.Attempts.Should().Be(1);
    }

    [Test]
    public async Task ReadAsync_CancelledBefore_OpensNothing()
    {
        await using var storage = new StateStorage(_provider, new StateOpenOptions { PartitionCount = 4 });

        await storage.Awaiting(s => s.ReadAsync(Read, new CancellationToken(canceled: true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        _provider.Attempts.Should().Be(0);
    }

    [Test]
    public async Task DisposeAsync_WhileOpening_EndsItAndDisposesTheProviderOnce()
    {
        var storage = new StateStorage(_provider, new StateOpenOptions { PartitionCount = 4 });
        var caller = storage.ReadAsync(Read, default).AsTask();
        await _provider.Opening;

        await storage.DisposeAsync();
        await storage.DisposeAsync();

        await FluentActions.Awaiting(() => caller).Should().ThrowAsync<ObjectDisposedException>();
        _provider.Disposals.Should().Be(1);
    }

    [Test]
    public async Task ReadAsync_AfterDisposalOfAStoreNeverOpened_OpensNothing()
    {
        var storage = new StateStorage(_provider, new StateOpenOptions { PartitionCount = 4 });
        await storage.DisposeAsync();

        await storage.Awaiting(s => s.ReadAsync(Read, default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();

        _provider.Attempts.Should().Be(0);
    }

    /// <summary>Opens when a test says so.</summary>
    private sealed class OpeningProvider() : DelegatingStateProvider(new InMemoryStateProvider())
    {
        private readonly TaskCompletionSource _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _attempts;

        public Task Opening => _opening.Task;

        public TaskCompletionSource Opened { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Attempts => Volatile.Read(ref _attempts);

        public int Disposals { get; private set; }

        public override async ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _attempts);
            _opening.TrySetResult();
            await Opened.Task.WaitAsync(cancellationToken);
            return await base.OpenAsync(options, cancellationToken);
        }

        public override ValueTask DisposeAsync()
        {
            Disposals++;
            return base.DisposeAsync();
        }
    }
}
