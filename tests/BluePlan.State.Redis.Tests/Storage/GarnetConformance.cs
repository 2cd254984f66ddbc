using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class GarnetDocumentTests : DocumentConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetMapTests : MapConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetFieldConditionTests : FieldConditionConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetLogTests : LogConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetLogRevisionTests : LogRevisionConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetTailReadTests : TailReadConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetIndexTests : IndexConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetUnionTests : UnionConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetPageReadTests : PageReadConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetCommitTests : CommitConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetExpiryTests : ExpiryConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetTouchTests : TouchConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetMultiReadTests : MultiReadConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetNameTests : NameConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetLifecycleTests : LifecycleConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetOpeningTests : OpeningConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetReadOnlyTests : ReadOnlyConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetWatchTests : WatchConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetCapabilityTests : CapabilityConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetExportTests : ExportConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetImportTests : ImportConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetConcurrencyTests : ConcurrencyConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetLinearizabilityTests : LinearizabilityConformance<GarnetHarness>;
[TestFixture] public sealed class GarnetModelTests : ModelConformance<GarnetHarness>;
