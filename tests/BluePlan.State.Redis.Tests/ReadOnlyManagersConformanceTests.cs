using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisReadOnlyManagersTests : ReadOnlyManagersConformance<RedisHarness>;
[TestFixture] public sealed class GarnetReadOnlyManagersTests : ReadOnlyManagersConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterReadOnlyManagersTests : ReadOnlyManagersConformance<ClusterHarness>;
