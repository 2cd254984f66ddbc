using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisBackupTests : BackupConformance<RedisHarness>;
[TestFixture] public sealed class RedisBackupSelectionTests : BackupSelectionConformance<RedisHarness>;
[TestFixture] public sealed class GarnetBackupTests : BackupConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetBackupSelectionTests : BackupSelectionConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterBackupTests : BackupConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterBackupSelectionTests : BackupSelectionConformance<ClusterHarness>;
