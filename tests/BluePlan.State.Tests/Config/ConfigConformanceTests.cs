using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryConfigTests : ConfigConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryConfigVersionTests : ConfigVersionConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryConfigBackupTests : ConfigBackupConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryConfigWatchTests : ConfigWatchConformance<DictionaryHarness>;
[TestFixture] public sealed class BareDictionaryConfigWatchTests : ConfigWatchConformance<BareDictionaryHarness>;
[TestFixture] public sealed class InMemoryConfigTests : ConfigConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryConfigVersionTests : ConfigVersionConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryConfigBackupTests : ConfigBackupConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryConfigWatchTests : ConfigWatchConformance<InMemoryHarness>;
[TestFixture] public sealed class FileConfigTests : ConfigConformance<FileHarness>;
[TestFixture] public sealed class FileConfigVersionTests : ConfigVersionConformance<FileHarness>;
[TestFixture] public sealed class FileConfigBackupTests : ConfigBackupConformance<FileHarness>;
[TestFixture] public sealed class FileConfigWatchTests : ConfigWatchConformance<FileHarness>;
