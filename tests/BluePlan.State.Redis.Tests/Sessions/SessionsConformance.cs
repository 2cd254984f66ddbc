using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisSessionTests : SessionConformance<RedisHarness>;
[TestFixture] public sealed class RedisSessionInputTests : SessionInputConformance<RedisHarness>;
[TestFixture] public sealed class RedisSessionListingTests : SessionListingConformance<RedisHarness>;
[TestFixture] public sealed class RedisSessionRotationTests : SessionRotationConformance<RedisHarness>;
[TestFixture] public sealed class RedisSessionSchemaTests : SessionSchemaConformance<RedisHarness>;
[TestFixture] public sealed class RedisSessionSaveTests : SessionSaveConformance<RedisHarness>;
[TestFixture] public sealed class RedisSessionUpdateTests : SessionUpdateConformance<RedisHarness>;
[TestFixture] public sealed class GarnetSessionTests : SessionConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetSessionInputTests : SessionInputConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetSessionListingTests : SessionListingConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetSessionRotationTests : SessionRotationConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetSessionSchemaTests : SessionSchemaConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetSessionSaveTests : SessionSaveConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetSessionUpdateTests : SessionUpdateConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterSessionTests : SessionConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterSessionInputTests : SessionInputConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterSessionListingTests : SessionListingConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterSessionRotationTests : SessionRotationConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterSessionSchemaTests : SessionSchemaConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterSessionSaveTests : SessionSaveConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterSessionUpdateTests : SessionUpdateConformance<ClusterHarness>;
