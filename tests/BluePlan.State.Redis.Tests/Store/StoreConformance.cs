using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisStateFieldsTests : StateFieldsConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreTests : StateStoreConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreExpiryTests : StateStoreExpiryConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreUpdateTests : StateStoreUpdateConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreSchemaTests : StateStoreSchemaConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreNameTests : StateStoreNameConformance<RedisHarness>;
[TestFixture] public sealed class RedisStateStoreListingTests : StateStoreListingConformance<RedisHarness>;
[TestFixture] public sealed class GarnetStateFieldsTests : StateFieldsConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreTests : StateStoreConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreExpiryTests : StateStoreExpiryConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreUpdateTests : StateStoreUpdateConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreSchemaTests : StateStoreSchemaConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreNameTests : StateStoreNameConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetStateStoreListingTests : StateStoreListingConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterStateFieldsTests : StateFieldsConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreTests : StateStoreConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreExpiryTests : StateStoreExpiryConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreUpdateTests : StateStoreUpdateConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreSchemaTests : StateStoreSchemaConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreNameTests : StateStoreNameConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterStateStoreListingTests : StateStoreListingConformance<ClusterHarness>;
