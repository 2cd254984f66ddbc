using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisLockTests : LockConformance<RedisHarness>;
[TestFixture] public sealed class RedisLockLossTests : LockLossConformance<RedisHarness>;
[TestFixture] public sealed class GarnetLockTests : LockConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetLockLossTests : LockLossConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterLockTests : LockConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterLockLossTests : LockLossConformance<ClusterHarness>;
