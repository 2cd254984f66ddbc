using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisConfigBackupTests : ConfigBackupConformance<RedisHarness>;
[TestFixture] public sealed class RedisConfigTests : ConfigConformance<RedisHarness>;
[TestFixture] public sealed class RedisConfigVersionTests : ConfigVersionConformance<RedisHarness>;
[TestFixture] public sealed class RedisConfigWatchTests : ConfigWatchConformance<RedisHarness>;
[TestFixture] public sealed class GarnetConfigBackupTests : ConfigBackupConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetConfigTests : ConfigConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetConfigVersionTests : ConfigVersionConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetConfigWatchTests : ConfigWatchConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterConfigBackupTests : ConfigBackupConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterConfigTests : ConfigConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterConfigVersionTests : ConfigVersionConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterConfigWatchTests : ConfigWatchConformance<ClusterHarness>;
