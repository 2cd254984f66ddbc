using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BackupFaultTests
{
    private readonly MemoryBackupTarget _objects = new();
    private readonly InterceptingBackupTarget _target;
    private readonly BackupTestStore _store;

    public BackupFaultTests()
    {
        _target = new(_objects);
        _store = new(target: _target);
    }

    [TearDown]
    public ValueTask TearDownAsync() => _store.DisposeAsync();

    /// <summary>The process ends, or the target is gone, before or after each call in turn.</summary>
    [Test]
    public async Task CreateAsync_CrashAtEveryCall_LeavesNoHalfBackupAndTheNextCleansUp([Values] bool callHappens)
    {
        await _store.SeedAsync();
        var calls = await CountAsync(() => _store.Backups.CreateAsync());
        calls.Should().BeGreaterThan(6);
        foreach (var backup in await _store.Backups.ListAsync()) await _store.Backups.DeleteAsync(backup.Id);
        _objects.Objects.Should().BeEmpty();

        for (var crash = 1; crash <= calls; crash++)
        {
            DieAt(crash, callHappens);
            await FluentActions.Invoking(() => _store.Backups.CreateAsync()).Should().ThrowAsync<StateUnavailableException>($"it crashed at call {crash}");
            Revive();

            foreach (var visible in await _store.Backups.ListAsync())
                (await _store.Backups.VerifyAsync(visible.Id, BackupDepth.Content)).Faults.Should().BeEmpty($"what crashed at call {crash} is seen only if it is whole");

            _store.Time.Advance(BackupLease.Lifetime + TimeSpan.FromSeconds(1));
            var next = await _store.Backups.CreateAsync();
            (await _store.Backups.VerifyAsync(next.Id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue();
            foreach (var backup in await _store.Backups.ListAsync()) (await _store.Backups.DeleteAsync(backup.Id)).Should().BeTrue();
            _objects.Objects.Keys.Should().BeEmpty($"the creation that crashed at call {crash} was cleaned up");
        }
    }

    /// <summary>One call fails and the target goes on: the creation cleans up after itself at once.</summary>
    [Test]
    public async Task CreateAsync_OneCallFails_LeavesNothing([Values] bool callHappens)
    {
        await _store.SeedAsync();
        var calls = await CountAsync(() => _store.Backups.CreateAsync());
        foreach (var backup in await _store.Backups.ListAsync()) await _store.Backups.DeleteAsync(backup.Id);

        for (var failing = 1; failing <= calls; failing++)
        {
            var number = _target.Calls + failing;
            Hook((call, _, _) => call == number ? InterceptingBackupTarget.Fail() : Task.CompletedTask, callHappens);
            await FluentActions.Invoking(() => _store.Backups.CreateAsync()).Should().ThrowAsync<StateUnavailableException>($"call {failing} failed");
            Revive();

            _objects.Objects.Keys.Should().BeEmpty($"call {failing} failed");
        }
    }

    [Test]
    public async Task CreateAsync_CancelledAtEveryCall_LeavesNothing()
    {
        await _store.SeedAsync();
        var calls = await CountAsync(() => _store.Backups.CreateAsync());
        foreach (var backup in await _store.Backups.ListAsync()) await _store.Backups.DeleteAsync(backup.Id);
        var cancelled = 0;

        for (var at = 1; at <= calls; at++)
        {
            using var cancellation = new CancellationTokenSource();
            var number = _target.Calls + at;
            Hook((call, _, _) => call == number ? cancellation.CancelAsync() : Task.CompletedTask, false);
            try
            {
                var backup = await _store.Backups.CreateAsync(cancellationToken: cancellation.Token);
                (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.Content)).IsSound.Should().BeTrue("once the manifest is written it is too late to cancel");
                await _store.Backups.DeleteAsync(backup.Id);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
            Revive();
            _objects.Objects.Keys.Should().BeEmpty($"it was cancelled at call {at}");
        }
        cancelled.Should().BeGreaterThan(2);
    }

    [Test]
    public async Task CreateAsync_StoreFailsInTheMiddle_LeavesNothing()
    {
        await using var store = new BackupTestStore(new BrokenExport(_store.Time), _objects, _store.Time);
        await store.SeedAsync();

        await store.Backups.Invoking(b => b.CreateAsync()).Should().ThrowAsync<StateUnavailableException>();

        _objects.Objects.Should().BeEmpty();
    }

    [Test]
    public async Task CreateAsync_FullTarget_SaysSoAndLeavesNothing()
    {
        await _store.SeedAsync();
        Hook((_, what, name) => what == "write" && name.StartsWith("chunks/", StringComparison.Ordinal)
            ? throw new StateUnavailableException("There is no room left.", false) : Task.CompletedTask, false);

        (await _store.Backups.Invoking(b => b.CreateAsync()).Should().ThrowAsync<StateUnavailableException>()).WithMessage("There is no room left.");

        _objects.Objects.Should().BeEmpty();
    }

    /// <summary>A creation that is under way is not taken for a crashed one.</summary>
    [Test]
    public async Task CreateAsync_WhileAnotherIsUnderWay_LeavesItAlone()
    {
        await _store.SeedAsync();
        Backup? inner = null;
        Hook(async (_, what, name) =>
        {
            if (what != "write" || !name.StartsWith("manifests/", StringComparison.Ordinal) || inner is not null) return;
            Revive();
            _store.Time.Advance(BackupLease.Lifetime - TimeSpan.FromSeconds(1));
            inner = await _store.Backups.CreateAsync("inner");
        }, false);

        var outer = await _store.Backups.CreateAsync("outer");

        (await _store.Backups.ListAsync()).Select(b => b.Name).Should().Equal("inner", "outer");
        foreach (var id in new[] { inner!.Id, outer.Id }) (await _store.Backups.VerifyAsync(id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue();
    }

    /// <summary>A cleaner that found no manifest just before it was written, and has not removed anything yet: the chunks are about to go.</summary>
    [Test]
    public async Task CreateAsync_ClaimedByACleanerJustBeforeItsManifest_GivesWay()
    {
        await _store.SeedAsync();
        Hook(async (_, what, name) =>
        {
            if (what == "write" && name.StartsWith("manifests/", StringComparison.Ordinal)) await _objects.WriteAsync($"pending/{name["manifests/".Length..]}/claim-0123456789abcdef", Stream.Null);
        }, false);

        await _store.Backups.Invoking(b => b.CreateAsync()).Should().ThrowAsync<StateConflictException>();

        _objects.Objects.Keys.Should().BeEmpty();
    }

    /// <summary>A creation that stood still for too long is cleaned up, and notices, wherever it stood.</summary>
    [Test]
    public async Task CreateAsync_StoodStillWhileAnotherCleanedUp_GivesWay()
    {
        await _store.SeedAsync();
        var calls = await CountAsync(() => _store.Backups.CreateAsync());
        foreach (var backup in await _store.Backups.ListAsync()) await _store.Backups.DeleteAsync(backup.Id);
        var gaveWay = 0;

        for (var still = 2; still <= calls; still++)
        {
            var number = _target.Calls + still;
            Hook(async (call, _, _) =>
            {
                if (call != number) return;
                Revive();
                _store.Time.Advance(BackupLease.Lifetime + TimeSpan.FromSeconds(1));
                await _store.Backups.DeleteAsync("20200101-000000-000-0000000000000000"); // cleans up what is abandoned
            }, false);
            try
            {
                await _store.Backups.CreateAsync();
            }
            catch (StateConflictException)
            {
                gaveWay++;
            }
            Revive();

            foreach (var backup in await _store.Backups.ListAsync())
            {
                (await _store.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).IsSound.Should().BeTrue($"it stood still at call {still}");
                await _store.Backups.DeleteAsync(backup.Id);
            }
            _store.Time.Advance(BackupLease.Lifetime + TimeSpan.FromSeconds(1));
            await _store.Backups.DeleteAsync("20200101-000000-000-0000000000000000");
            _objects.Objects.Keys.Should().BeEmpty($"it stood still at call {still}");
        }
        gaveWay.Should().BeGreaterThan(1);
    }

    [Test]
    public async Task DeleteAsync_CrashAtEveryCall_LeavesAWholeBackupOrNone([Values] bool callHappens)
    {
        await _store.SeedAsync();
        var calls = await CountAsync(async () => await _store.Backups.DeleteAsync((await _store.Backups.CreateAsync()).Id));

        for (var crash = 1; crash <= calls; crash++)
        {
            var backup = await _store.Backups.CreateAsync();
            DieAt(crash, callHappens);
            try
            {
                await _store.Backups.DeleteAsync(backup.Id);
            }
            catch (StateUnavailableException)
            {
                // It crashed; later ones end before the crash.
            }
            Revive();

            foreach (var visible in await _store.Backups.ListAsync())
                (await _store.Backups.VerifyAsync(visible.Id, BackupDepth.Content)).IsSound.Should().BeTrue($"deletion crashed at call {crash}");
            _store.Time.Advance(BackupLease.Lifetime + TimeSpan.FromSeconds(1));
            await _store.Backups.DeleteAsync(backup.Id);
            _objects.Objects.Keys.Should().BeEmpty($"deletion crashed at call {crash}");
        }
    }

    /// <summary>A restore reads everything before it writes, and an atomic store stays as it was when a chunk vanishes in between.</summary>
    [Test]
    public async Task RestoreAsync_TargetFailsAtEveryCall_ChangesNothing()
    {
        await _store.SeedAsync();
        var backup = await _store.Backups.CreateAsync();
        await _store.SeedAsync("second");
        var before = await _store.ContentsAsync();
        var calls = await CountAsync(() => _store.Backups.RestoreAsync(backup.Id, new() { Into = new InMemoryStateProvider() }));

        for (var crash = 1; crash <= calls; crash++)
        {
            DieAt(crash, false);
            await FluentActions.Invoking(() => _store.Backups.RestoreAsync(backup.Id)).Should().ThrowAsync<StateUnavailableException>();
            Revive();
            (await _store.ContentsAsync()).Should().Equal(before, $"call {crash} failed");
        }
        calls.Should().BeGreaterThan(2);
    }

    [Test]
    public async Task RestoreAsync_CancelledAtEveryCall_ChangesNothing()
    {
        await _store.SeedAsync();
        var backup = await _store.Backups.CreateAsync();
        await _store.SeedAsync("second");
        var before = await _store.ContentsAsync();
        var calls = await CountAsync(() => _store.Backups.RestoreAsync(backup.Id, new() { Into = new InMemoryStateProvider() }));

        for (var at = 1; at <= calls; at++)
        {
            using var cancellation = new CancellationTokenSource();
            var number = _target.Calls + at;
            Hook((call, _, _) => call == number ? cancellation.CancelAsync() : Task.CompletedTask, false);
            await FluentActions.Invoking(() => _store.Backups.RestoreAsync(backup.Id, cancellationToken: cancellation.Token)).Should().ThrowAsync<OperationCanceledException>();
            Revive();
            (await _store.ContentsAsync()).Should().Equal(before);
        }
    }

    private async Task<int> CountAsync(Func<Task> action)
    {
        var before = _target.Calls;
        await action();
        return _target.Calls - before;
    }

    private void DieAt(int call, bool callHappens)
    {
        var first = _target.Calls + call;
        if (callHappens) _target.After = (number, _, _) => number == first ? InterceptingBackupTarget.Fail() : Task.CompletedTask;
        _target.Before = (number, _, _) => number > first || (number == first && !callHappens) ? InterceptingBackupTarget.Fail() : Task.CompletedTask;
    }

    private void Hook(Func<int, string, string, Task> hook, bool callHappens)
    {
        if (callHappens) _target.After = hook; else _target.Before = hook;
    }

    private void Revive() => (_target.Before, _target.After) = (null, null);

    private sealed class BrokenExport(TimeProvider time) : DelegatingStateProvider(new InMemoryStateProvider(time))
    {
        public override async IAsyncEnumerable<StateRecord> ExportAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var seen = 0;
            await foreach (var record in base.ExportAsync(cancellationToken))
            {
                if (++seen == 20) throw new StateUnavailableException("The store is gone.", false);
                yield return record;
            }
        }
    }
}
