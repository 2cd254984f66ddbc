using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisFaultTextTests : FaultTextConformance<RedisHarness>;
[TestFixture] public sealed class GarnetFaultTextTests : FaultTextConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterFaultTextTests : FaultTextConformance<ClusterHarness>;
