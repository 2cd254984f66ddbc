using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture] public sealed class ClusterDocumentTests : DocumentConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterMapTests : MapConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterFieldConditionTests : FieldConditionConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterLogTests : LogConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterLogRevisionTests : LogRevisionConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterTailReadTests : TailReadConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterIndexTests : IndexConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterUnionTests : UnionConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterPageReadTests : PageReadConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterCommitTests : CommitConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterExpiryTests : ExpiryConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterTouchTests : TouchConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterMultiReadTests : MultiReadConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterNameTests : NameConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterLifecycleTests : LifecycleConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterOpeningTests : OpeningConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterReadOnlyTests : ReadOnlyConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterWatchTests : WatchConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterCapabilityTests : CapabilityConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterExportTests : ExportConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterImportTests : ImportConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterConcurrencyTests : ConcurrencyConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterLinearizabilityTests : LinearizabilityConformance<ClusterHarness>;
[TestFixture] public sealed class ClusterModelTests : ModelConformance<ClusterHarness>;
