using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisStrayMemberTests : StrayMemberConformance<RedisHarness>;
[TestFixture] public sealed class GarnetStrayMemberTests : StrayMemberConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterStrayMemberTests : StrayMemberConformance<ClusterHarness>;
