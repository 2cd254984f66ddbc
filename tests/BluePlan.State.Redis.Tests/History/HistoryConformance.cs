using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisConversationTests : ConversationConformance<RedisHarness>;
[TestFixture] public sealed class RedisConversationExpiryTests : ConversationExpiryConformance<RedisHarness>;
[TestFixture] public sealed class RedisHistoryAppendTests : HistoryAppendConformance<RedisHarness>;
[TestFixture] public sealed class RedisHistoryEditTests : HistoryEditConformance<RedisHarness>;
[TestFixture] public sealed class RedisHistoryReadTests : HistoryReadConformance<RedisHarness>;
[TestFixture] public sealed class RedisHistorySearchTests : HistorySearchConformance<RedisHarness>;
[TestFixture] public sealed class RedisHistoryTransferTests : HistoryTransferConformance<RedisHarness>;
[TestFixture] public sealed class RedisHistoryTrimTests : HistoryTrimConformance<RedisHarness>;
[TestFixture] public sealed class GarnetConversationTests : ConversationConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetConversationExpiryTests : ConversationExpiryConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetHistoryAppendTests : HistoryAppendConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetHistoryEditTests : HistoryEditConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetHistoryReadTests : HistoryReadConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetHistorySearchTests : HistorySearchConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetHistoryTransferTests : HistoryTransferConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetHistoryTrimTests : HistoryTrimConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterConversationTests : ConversationConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterConversationExpiryTests : ConversationExpiryConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterHistoryAppendTests : HistoryAppendConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterHistoryEditTests : HistoryEditConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterHistoryReadTests : HistoryReadConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterHistorySearchTests : HistorySearchConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterHistoryTransferTests : HistoryTransferConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterHistoryTrimTests : HistoryTrimConformance<ClusterHarness>;
