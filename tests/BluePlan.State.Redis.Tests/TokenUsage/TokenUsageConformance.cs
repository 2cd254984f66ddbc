using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisTokenUsageCleanupTests : TokenUsageCleanupConformance<RedisHarness>;
[TestFixture] public sealed class RedisTokenUsageInputTests : TokenUsageInputConformance<RedisHarness>;
[TestFixture] public sealed class RedisTokenUsageRankingTests : TokenUsageRankingConformance<RedisHarness>;
[TestFixture] public sealed class RedisTokenUsageRecordTests : TokenUsageRecordConformance<RedisHarness>;
[TestFixture] public sealed class RedisTokenUsageRecountTests : TokenUsageRecountConformance<RedisHarness>;
[TestFixture] public sealed class RedisTokenUsageTotalsTests : TokenUsageTotalsConformance<RedisHarness>;
[TestFixture] public sealed class GarnetTokenUsageCleanupTests : TokenUsageCleanupConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetTokenUsageInputTests : TokenUsageInputConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetTokenUsageRankingTests : TokenUsageRankingConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetTokenUsageRecordTests : TokenUsageRecordConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetTokenUsageRecountTests : TokenUsageRecountConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetTokenUsageTotalsTests : TokenUsageTotalsConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterTokenUsageCleanupTests : TokenUsageCleanupConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterTokenUsageInputTests : TokenUsageInputConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterTokenUsageRankingTests : TokenUsageRankingConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterTokenUsageRecordTests : TokenUsageRecordConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterTokenUsageRecountTests : TokenUsageRecountConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterTokenUsageTotalsTests : TokenUsageTotalsConformance<ClusterHarness>;
[TestFixture] public sealed class RedisTokenUsagePostingTests : TokenUsagePostingConformance<RedisHarness>;
[TestFixture] public sealed class GarnetTokenUsagePostingTests : TokenUsagePostingConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterTokenUsagePostingTests : TokenUsagePostingConformance<ClusterHarness>;
[TestFixture] public sealed class RedisTokenUsageRefusedTests : TokenUsageRefusedConformance<RedisHarness>;
[TestFixture] public sealed class GarnetTokenUsageRefusedTests : TokenUsageRefusedConformance<GarnetHarness>;
[TestFixture] public sealed class ClusterTokenUsageRefusedTests : TokenUsageRefusedConformance<ClusterHarness>;
