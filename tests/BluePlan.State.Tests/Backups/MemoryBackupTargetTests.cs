using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MemoryBackupTargetTests : BackupTargetConformance
{
    protected override IBackupTarget Target { get; } = new MemoryBackupTarget();
}
