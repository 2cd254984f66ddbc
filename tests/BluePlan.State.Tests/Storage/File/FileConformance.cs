using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class FileDocumentTests : DocumentConformance<FileHarness>;
[TestFixture] public sealed class FileMapTests : MapConformance<FileHarness>;
[TestFixture] public sealed class FileFieldConditionTests : FieldConditionConformance<FileHarness>;
[TestFixture] public sealed class FileLogTests : LogConformance<FileHarness>;
[TestFixture] public sealed class FileLogRevisionTests : LogRevisionConformance<FileHarness>;
[TestFixture] public sealed class FileTailReadTests : TailReadConformance<FileHarness>;
[TestFixture] public sealed class FileIndexTests : IndexConformance<FileHarness>;
[TestFixture] public sealed class FileUnionTests : UnionConformance<FileHarness>;
[TestFixture] public sealed class FilePageReadTests : PageReadConformance<FileHarness>;
[TestFixture] public sealed class FileCommitTests : CommitConformance<FileHarness>;
[TestFixture] public sealed class FileExpiryTests : ExpiryConformance<FileHarness>;
[TestFixture] public sealed class FileTouchTests : TouchConformance<FileHarness>;
[TestFixture] public sealed class FileMultiReadTests : MultiReadConformance<FileHarness>;
[TestFixture] public sealed class FileNameTests : NameConformance<FileHarness>;
[TestFixture] public sealed class FileLifecycleTests : LifecycleConformance<FileHarness>;
[TestFixture] public sealed class FileOpeningTests : OpeningConformance<FileHarness>;
[TestFixture] public sealed class FileReadOnlyTests : ReadOnlyConformance<FileHarness>;
[TestFixture] public sealed class FileWatchTests : WatchConformance<FileHarness>;
[TestFixture] public sealed class FileCapabilityTests : CapabilityConformance<FileHarness>;
[TestFixture] public sealed class FileExportTests : ExportConformance<FileHarness>;
[TestFixture] public sealed class FileImportTests : ImportConformance<FileHarness>;
[TestFixture] public sealed class FileConcurrencyTests : ConcurrencyConformance<FileHarness>;
[TestFixture] public sealed class FileModelTests : ModelConformance<FileHarness>;
[TestFixture] public sealed class FileLinearizabilityTests : LinearizabilityConformance<FileHarness>;
