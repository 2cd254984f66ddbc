using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisStateFieldsTests : StateFieldsConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreTests : StateStoreConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreListingTests : StateStoreListingConformance<RedisHarness>;
[TestFixture] public sealed class GarnetStateFieldsTests : StateFieldsConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreTests : StateStoreConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreListingTests : StateStoreListingConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterStateFieldsTests : StateFieldsConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreTests : StateStoreConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreListingTests : StateStoreListingConformance<ClusterHarness>;
