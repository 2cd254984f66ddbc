using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class InMemoryDocumentTests : DocumentConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryMapTests : MapConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryFieldConditionTests : FieldConditionConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryLogTests : LogConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryLogRevisionTests : LogRevisionConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryTailReadTests : TailReadConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryIndexTests : IndexConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryUnionTests : UnionConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryPageReadTests : PageReadConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryCommitTests : CommitConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryExpiryTests : ExpiryConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryTouchTests : TouchConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryMultiReadTests : MultiReadConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryNameTests : NameConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryLifecycleTests : LifecycleConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryOpeningTests : OpeningConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryReadOnlyTests : ReadOnlyConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryWatchTests : WatchConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryCapabilityTests : CapabilityConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryExportTests : ExportConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryImportTests : ImportConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryConcurrencyTests : ConcurrencyConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryModelTests : ModelConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryLinearizabilityTests : LinearizabilityConformance<InMemoryHarness>;
