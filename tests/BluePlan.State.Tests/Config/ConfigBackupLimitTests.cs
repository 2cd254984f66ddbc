using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>How much one backup takes, which is the same on every provider.</summary>
[TestFixture]
public sealed class ConfigBackupLimitTests
{
    [Test]
    public async Task BackupAsync_AsMuchAsOneStepRestores_IsTakenAndMoreIsRefused()
    {
        var time = new FakeTimeProvider();
        await using var storage = new StateStorage(new InMemoryStateProvider(time), new StateOpenOptions { PartitionCount = 32 });
        var config = new ConfigManager(new(storage, new StateCodec(new JsonStateSerializer([])), time, ""), new());
        var half = new string('x', (30 << 20) - 1024);
        await config.SaveAsync("a", half, null, default);
        await config.SaveAsync("b", half, null, default);
        await config.BackupAsync("just fits", default);
        (await config.RestoreAsync("just fits", default)).Should().Be(2);
        await config.SaveAsync("c", new string('x', 4096), null, default);

        await config.Invoking(c => c.BackupAsync("too big", default)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*at most 62,914,560*");

        (await config.ListBackupsAsync(default)).Should().ContainSingle();
    }
}
