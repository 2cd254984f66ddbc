using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class RedisDocumentTests : DocumentConformance<RedisHarness>;
[TestFixture] public sealed class RedisMapTests : MapConformance<RedisHarness>;
[TestFixture] public sealed class RedisFieldConditionTests : FieldConditionConformance<RedisHarness>;
[TestFixture] public sealed class RedisLogTests : LogConformance<RedisHarness>;
[TestFixture] public sealed class RedisLogRevisionTests : LogRevisionConformance<RedisHarness>;
[TestFixture] public sealed class RedisTailReadTests : TailReadConformance<RedisHarness>;
[TestFixture] public sealed class RedisIndexTests : IndexConformance<RedisHarness>;
[TestFixture] public sealed class RedisUnionTests : UnionConformance<RedisHarness>;
[TestFixture] public sealed class RedisPageReadTests : PageReadConformance<RedisHarness>;
[TestFixture] public sealed class RedisCommitTests : CommitConformance<RedisHarness>;
[TestFixture] public sealed class RedisExpiryTests : ExpiryConformance<RedisHarness>;
[TestFixture] public sealed class RedisTouchTests : TouchConformance<RedisHarness>;
[TestFixture] public sealed class RedisMultiReadTests : MultiReadConformance<RedisHarness>;
[TestFixture] public sealed class RedisNameTests : NameConformance<RedisHarness>;
[TestFixture] public sealed class RedisLifecycleTests : LifecycleConformance<RedisHarness>;
[TestFixture] public sealed class RedisOpeningTests : OpeningConformance<RedisHarness>;
[TestFixture] public sealed class RedisReadOnlyTests : ReadOnlyConformance<RedisHarness>;
[TestFixture] public sealed class RedisWatchTests : WatchConformance<RedisHarness>;
[TestFixture] public sealed class RedisCapabilityTests : CapabilityConformance<RedisHarness>;
[TestFixture] public sealed class RedisExportTests : ExportConformance<RedisHarness>;
[TestFixture] public sealed class RedisImportTests : ImportConformance<RedisHarness>;
[TestFixture] public sealed class RedisConcurrencyTests : ConcurrencyConformance<RedisHarness>;
[TestFixture] public sealed class RedisLinearizabilityTests : LinearizabilityConformance<RedisHarness>;
[TestFixture] public sealed class RedisModelTests : ModelConformance<RedisHarness>;
