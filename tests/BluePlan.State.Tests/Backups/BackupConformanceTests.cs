using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class InMemoryBackupTests : BackupConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryBackupSelectionTests : BackupSelectionConformance<InMemoryHarness>;
[TestFixture] public sealed class DictionaryBackupTests : BackupConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryBackupSelectionTests : BackupSelectionConformance<DictionaryHarness>;
[TestFixture] public sealed class FileBackupTests : BackupConformance<FileHarness>;
[TestFixture] public sealed class FileBackupSelectionTests : BackupSelectionConformance<FileHarness>;
