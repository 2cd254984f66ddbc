using BluePlan.State.KillTarget;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A directory that another process has is waited for, as when an app restarts while its former process still ends.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class OwnerTimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly StateKey Key = new(0, StateShape.Document, "test", "a");

    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-owner-").FullName;
    private readonly FakeTimeProvider _time = new(SimulatedStore.Start);
    private readonly ListLogger _log = new();

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task OpenAsync_OwnerClosesInTime_OpensThen()
    {
        await using var owner = Provider(TimeSpan.Zero);
        await owner.OpenAsync(1);
        await owner.CommitAsync(new(new PutDocument(Key, default)), CancellationToken.None);
        await using var next = Provider(Limit);
        var opening = next.OpenAsync().AsTask();
        await UntilAsync(() => HasWaited);
        await PassAsync(TimeSpan.FromSeconds(20));
        opening.IsCompleted.Should().BeFalse();

        await owner.DisposeAsync();
        await PassUntilAsync(opening);

        (await opening).WasCreated.Should().BeFalse();
        (await next.ReadOneAsync(new DocumentRead(Key), CancellationToken.None)).Should().NotBeNull();
        _log.Entries.Where(static e => e.Event.Id == LogEvents.FileOwnerWaitedFor).Should().ContainSingle("it is said once").Which.Message.Should().Contain("00:00:30").And.Contain(Owner);
    }

    [Test]
    public async Task OpenAsync_OwnerStays_IsRefusedAfterTheTimeout()
    {
        await using var owner = Provider(TimeSpan.Zero);
        await owner.OpenAsync(1);
        var attempts = 0;
        await using var next = new FileStateProvider(new() { Directory = Path.Combine(_directory, "store"), OwnerTimeout = Limit }, _time, _log, new SteppedFileSystem((call, _) => attempts += call is DiskCall.Lock ? 1 : 0));
        var opening = next.OpenAsync().AsTask();
        await UntilAsync(() => HasWaited);
        var passed = TimeSpan.Zero;
        while (passed < Limit - TimeSpan.FromSeconds(1))
        {
            var before = Volatile.Read(ref attempts);
            await UntilAsync(() => Volatile.Read(ref attempts) > before || Pass());
        }
        opening.IsCompleted.Should().BeFalse();
        await PassUntilAsync(opening);

        // Answers false while the next attempt is still to come.
        bool Pass()
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            passed += TimeSpan.FromMilliseconds(10);
            return passed >= Limit - TimeSpan.FromSeconds(1);
        }

        var refused = (await FluentActions.Awaiting(() => opening).Should().ThrowAsync<StateOpenException>()).Which;

        refused.Fault.Should().Be(StateOpenFault.InUse);
        refused.Message.Should().Contain("open elsewhere").And.Contain(Owner).And.Contain(nameof(FileStateOptions.OwnerTimeout)).And.Contain("00:00:30");
        await owner.CommitAsync(new(new PutDocument(Key, default)), CancellationToken.None);
        await owner.DisposeAsync();
        (await next.OpenAsync()).PartitionCount.Should().Be(1, "it can be tried again");
    }

    [Test]
    public async Task OpenAsync_NoTimeout_IsRefusedAtOnce()
    {
        await using var owner = Provider(TimeSpan.Zero);
        await owner.OpenAsync(1);
        await using var next = Provider(TimeSpan.Zero);

        var refused = (await FluentActions.Awaiting(() => next.OpenAsync().AsTask()).Should().ThrowAsync<StateOpenException>()).Which;

        refused.Fault.Should().Be(StateOpenFault.InUse);
        refused.Message.Should().Contain(Owner).And.NotContain(nameof(FileStateOptions.OwnerTimeout));
        HasWaited.Should().BeFalse();
    }

    [Test]
    public async Task OpenAsync_OtherFault_IsNotWaitedFor()
    {
        await using (var owner = Provider(TimeSpan.Zero)) await owner.OpenAsync(1);
        await using var next = Provider(Limit);

        (await FluentActions.Awaiting(() => next.OpenAsync(2).AsTask()).Should().ThrowAsync<StateOpenException>()).Which.Fault.Should().Be(StateOpenFault.PartitionCount);

        HasWaited.Should().BeFalse();
    }

    [Test]
    public async Task OpenAsync_CancelledWhileItWaits_EndsAtOnce()
    {
        await using var owner = Provider(TimeSpan.Zero);
        await owner.OpenAsync(1);
        await using var next = Provider(Limit);
        using var impatience = new CancellationTokenSource();
        var opening = next.OpenAsync(cancellationToken: impatience.Token).AsTask();
        await UntilAsync(() => HasWaited);

        await impatience.CancelAsync();

        (await FluentActions.Awaiting(() => opening).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(impatience.Token);
    }

    [Test]
    public async Task DisposeAsync_WhileItWaits_EndsAtOnce()
    {
        await using var owner = Provider(TimeSpan.Zero);
        await owner.OpenAsync(1);
        var next = Provider(Limit);
        var opening = next.OpenAsync().AsTask();
        await UntilAsync(() => HasWaited);

        await next.DisposeAsync();

        await FluentActions.Awaiting(() => opening).Should().ThrowAsync<ObjectDisposedException>();
        await owner.CommitAsync(new(new PutDocument(Key, default)), CancellationToken.None);
    }

    [Test]
    public async Task OpenAsync_OwnerIsAnotherProcessThatEnds_OpensWithAllThatItAcknowledged()
    {
        var store = Path.Combine(_directory, "store");
        using var owner = new KilledProcess(20, [store, "Always", "1"]);
        await owner.OpenAsync();
        await using var next = new FileStateProvider(new() { Directory = store, OwnerTimeout = TimeSpan.FromSeconds(20) }, null, _log, LocalFileSystem.Instance);
        var opening = next.OpenAsync().AsTask();
        await UntilAsync(() => HasWaited);
        await owner.EnoughAsync();
        opening.IsCompleted.Should().BeFalse("the other process has it");

        await owner.KillAsync();

        (await opening).PartitionCount.Should().Be(CounterWorkload.Callers);
        for (var caller = 0; caller < CounterWorkload.Callers; caller++) (await CounterWorkload.ReadAsync(next, caller)).Should().BeGreaterThanOrEqualTo(owner.Acknowledged[caller]);
    }

    [TestCase("-00:00:01")]
    [TestCase("01:00:01")]
    public void Options_TimeoutOutOfRange_AreRefused(string timeout) =>
        FluentActions.Invoking(() => Provider(TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture))).Should().Throw<ArgumentException>().WithMessage("*OwnerTimeout*from zero to one hour*");

    private static string Owner => $"process {Environment.ProcessId} on {Environment.MachineName} has it";

    private bool HasWaited => _log.Entries.Any(static e => e.Event.Id == LogEvents.FileOwnerWaitedFor);

    private FileStateProvider Provider(TimeSpan timeout) => new(new() { Directory = Path.Combine(_directory, "store"), OwnerTimeout = timeout }, _time, _log, LocalFileSystem.Instance);

    private async Task PassAsync(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _time.Advance(step);
            await Task.Yield();
        }
    }

    private async Task PassUntilAsync(Task end)
    {
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return end.IsCompleted;
        });
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !condition(); await Task.Yield()) TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(TimeSpan.FromSeconds(30));
    }
}
