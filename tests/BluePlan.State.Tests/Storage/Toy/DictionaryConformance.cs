using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryDocumentTests : DocumentConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryMapTests : MapConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryFieldConditionTests : FieldConditionConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryLogTests : LogConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryLogRevisionTests : LogRevisionConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryTailReadTests : TailReadConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryIndexTests : IndexConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryUnionTests : UnionConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryCommitTests : CommitConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryExpiryTests : ExpiryConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryTouchTests : TouchConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryMultiReadTests : MultiReadConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryNameTests : NameConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryLifecycleTests : LifecycleConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryOpeningTests : OpeningConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryReadOnlyTests : ReadOnlyConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryWatchTests : WatchConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryCapabilityTests : CapabilityConformance<DictionaryHarness>;
[TestFixture] public sealed class BareDictionaryCapabilityTests : CapabilityConformance<BareDictionaryHarness>;
[TestFixture] public sealed class DictionaryExportTests : ExportConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryImportTests : ImportConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryConcurrencyTests : ConcurrencyConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryModelTests : ModelConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryLinearizabilityTests : LinearizabilityConformance<DictionaryHarness>;
