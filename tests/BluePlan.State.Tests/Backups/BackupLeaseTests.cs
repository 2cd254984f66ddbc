using BluePlan.State.Conformance;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class BackupLeaseTests
{
    [Test]
    public async Task KeepAsync_WorkThatTakesHours_IsNotTakenForAbandonedUntilItStops()
    {
        var (target, names, time) = (new MemoryBackupTarget(), new BackupNames(""), new FakeTimeProvider(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));
        var id = BackupNames.NewId(time.GetUtcNow());
        var lease = new BackupLease(target, names, time, id);
        for (var i = 0; i < 20; i++)
        {
            await lease.KeepAsync(default);
            if (i == 0) await target.WriteAsync(names.Chunks(id) + "x", Stream.Null);
            time.Advance(BackupLease.Lifetime / 3);
            await BackupLease.CleanUpAsync(target, names, time, default);
            (await lease.IsHeldAsync(default)).Should().BeTrue();
        }
        target.Objects.Keys.Should().Contain(names.Chunks(id) + "x");

        time.Advance(BackupLease.Lifetime);
        await BackupLease.CleanUpAsync(target, names, time, default);

        target.Objects.Should().BeEmpty();
        (await lease.IsHeldAsync(default)).Should().BeFalse();
    }
}
